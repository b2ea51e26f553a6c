package dev.muster.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

/**
 * A certificate authority of a test, with the certificates it gives, made by openssl. Keys are PKCS#8 in PEM on the curve
 * P-256; certificates hold for two days, those of servers for 127.0.0.1 and localhost. The files belong to the folder's
 * user.
 */
public final class Certificates {

    private final Path openssl = Requirement.program("openssl", "openssl");
    private final TemporaryFolder folder;
    private final String place;

    private Certificates(TemporaryFolder folder, String place) {
        this.folder = folder;
        this.place = place;
        folder.folder(place);
        key("ca");
        run("req -x509 -new -days 2 -subj /CN=" + place + "-ca -key ca.key -out ca.crt"
                + " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign");
        folder.account().own(certificate());
    }

    /**
     * Makes an authority.
     *
     * @param folder the server's: its user can read the files
     * @param place the name of the folder in it that they lie in; two authorities of a test need two
     */
    public static Certificates in(TemporaryFolder folder, String place) {
        return new Certificates(folder, place);
    }

    /** A certificate with its key. */
    public record Pair(Path certificate, Path key) {}

    /** The authority's own certificate, for whoever has to trust it. */
    public Path certificate() {
        return path("ca.crt");
    }

    /** For a server on 127.0.0.1 or localhost; good for a client too, since members of a cluster are both. */
    public Pair server() {
        return pair("server", "/CN=localhost", "serverAuth,clientAuth");
    }

    /** For a client of this name: the common name, that servers take as the user. */
    public Pair client(String commonName) {
        return pair("client-" + commonName, "/CN=" + commonName, "clientAuth");
    }

    /** For a client without a common name. */
    public Pair clientWithoutName() {
        return pair("client", "/O=team", "clientAuth");
    }

    /** A key store (PKCS12) of this certificate and key, for a client that takes no PEM. */
    public Path keyStore(Pair pair, String password) {
        String name = pair.certificate().getFileName().toString().replace(".crt", ".p12");
        run("pkcs12 -export -name test -in " + pair.certificate() + " -inkey " + pair.key() + " -out " + name
                + " -passout pass:" + password);
        return path(name);
    }

    /** A trust store (PKCS12) that holds the authority, for a client that takes no PEM. */
    public Path trustStore(String password) {
        Path file = path("trust.p12");
        try (InputStream pem = Files.newInputStream(certificate());
                OutputStream out = Files.newOutputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            store.store(out, password.toCharArray());
            return file;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("could not make " + file, e);
        }
    }

    private Pair pair(String name, String subject, String usage) {
        Path key = key(name);
        folder.write(place + "/" + name + ".ext", """
                basicConstraints=CA:FALSE
                keyUsage=digitalSignature
                extendedKeyUsage=%s
                subjectAltName=IP:127.0.0.1,DNS:localhost
                """.formatted(usage));
        run("req -new -subj " + subject + " -key " + name + ".key -out " + name + ".csr");
        run("x509 -req -days 2 -CA ca.crt -CAkey ca.key -CAcreateserial -in " + name + ".csr -extfile " + name
                + ".ext -out " + name + ".crt");
        Path certificate = path(name + ".crt");
        folder.account().own(certificate);
        return new Pair(certificate, key);
    }

    private Path key(String name) {
        run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " + name + ".key");
        Path key = path(name + ".key");
        try {
            // PostgreSQL takes no key that others can read.
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new IllegalStateException("could not keep " + key + " from others", e);
        }
        folder.account().own(key);
        return key;
    }

    private Path path(String file) {
        return folder.resolve(place).resolve(file);
    }

    private void run(String arguments) {
        ServerProcess.command(openssl).add((Object[]) arguments.split(" ", -1)).run(folder.resolve(place));
    }
}
