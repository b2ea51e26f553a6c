package dev.muster.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The scripts that do the work at the server. Each connection loads them first. */
enum Script {
    HELLO("common", "hello"),
    COMMIT("commit"),
    LIST("list"),
    ENTRY("entry"),
    TICK("common", "ending", "tick"),
    SESSION("common", "ending", "session"),
    BYE("common", "ending", "bye"),
    PROBE("common", "probe");

    private final String source;
    private final String sha;

    Script(String... parts) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            text.append(read(part));
        }
        source = text.toString();
        sha = hash(source);
    }

    String source() {
        return source;
    }

    /** Starts its call with so many keys and arguments, which the caller adds. */
    Resp call(int keys, int arguments) {
        return new Resp(3 + keys + arguments).add("EVALSHA").add(sha).add(keys);
    }

    private static String read(String part) {
        try (InputStream in = Script.class.getResourceAsStream(part + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("the script " + part + " is missing from the jar");
            }
            return included(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A line that names another part stands for that part: what a script defines only where it needs it. */
    private static String included(String text) {
        return Pattern.compile("(?m)^ *--@include (\\w+)$")
                .matcher(text)
                .replaceAll(line -> Matcher.quoteReplacement(read(line.group(1))));
    }

    private static String hash(String text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
