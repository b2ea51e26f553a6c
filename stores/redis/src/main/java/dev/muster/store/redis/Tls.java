package dev.muster.store.redis;

import dev.muster.store.InvalidArgument;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/** How connections are encrypted: whom to trust, and the certificate to show. The server's name is always checked. */
final class Tls {

    private static final char[] IN_MEMORY = "memory".toCharArray();

    private final SSLContext context;

    private Tls(SSLContext context) {
        this.context = context;
    }

    /**
     * Reads PEM files.
     *
     * @param authorities whom to trust; null for those that the JDK trusts
     * @param certificate to show, with its chain; null for none
     * @param key of the certificate, PKCS #8
     */
    static Tls of(@Nullable String authorities, @Nullable String certificate, @Nullable String key) {
        if ((certificate == null) != (key == null)) {
            throw new InvalidArgument("options 'cert' and 'key' of the store URI go together: name both files");
        }
        try {
            TrustManager[] trust = authorities == null ? null : trust(authorities);
            KeyManager[] own = certificate == null || key == null ? null : own(certificate, key);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trust, null);
            return new Tls(context);
        } catch (GeneralSecurityException e) {
            throw new InvalidArgument("the files of 'ca', 'cert' and 'key' of the store URI cannot be used for TLS", e);
        }
    }

    /** Encrypts a connection; the certificate must be that of the host which the URI names. */
    SSLSocket around(Socket socket, HostAndPort server) throws IOException {
        SSLSocket encrypted =
                (SSLSocket) context.getSocketFactory().createSocket(socket, server.getHost(), server.getPort(), true);
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        encrypted.setSSLParameters(parameters);
        encrypted.startHandshake();
        return encrypted;
    }

    private static TrustManager[] trust(String file) throws GeneralSecurityException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate one : certificates("ca", file)) {
            store.setCertificateEntry("ca" + number++, one);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] own(String certificate, String key) throws GeneralSecurityException {
        KeyStore store = empty();
        Certificate[] chain = certificates("cert", certificate).toArray(new Certificate[0]);
        store.setKeyEntry("own", privateKey(key, chain[0].getPublicKey().getAlgorithm()), IN_MEMORY, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static Collection<? extends Certificate> certificates(String option, String file)
            throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            Collection<? extends Certificate> all =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (all.isEmpty()) {
                throw new InvalidArgument("the file of option '" + option + "' of the store URI holds no certificate");
            }
            return all;
        } catch (IOException e) {
            throw unreadable(option, e);
        }
    }

    private static PrivateKey privateKey(String file, String algorithm) throws GeneralSecurityException {
        String pem;
        try {
            pem = Files.readString(Path.of(file), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw unreadable("key", e);
        }
        String begin = "-----BEGIN PRIVATE KEY-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END PRIVATE KEY-----");
        if (from < 0 || to < from) {
            throw new InvalidArgument("the file of option 'key' of the store URI holds no unencrypted PKCS #8 key"
                    + " (BEGIN PRIVATE KEY): make one with openssl pkcs8 -topk8 -nocrypt");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static InvalidArgument unreadable(String option, IOException cause) {
        return new InvalidArgument(
                "the file of option '" + option + "' of the store URI cannot be read ("
                        + cause.getClass().getSimpleName() + ")",
                cause);
    }
}
