package dev.muster.store.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Where things lie in ZooKeeper, and how names become parts of its paths.
 *
 * <pre>
 * BASE                    data: format and identity of the store; its czxid and ctime make the era
 * BASE/d/XX               256 buckets; their version counts the creations of names that may have existed before
 * BASE/d/XX/DIRECTORY     a container; the path of the directory is one segment here, its slashes escaped
 * BASE/d/XX/DIRECTORY/N   an entry: ephemeral if owned
 * BASE/a/CLIENT           ephemeral: this client is there
 * BASE/c/CLIENT/SLOT      the last commit that was made through this slot of a client: see {@link Slots}
 * </pre>
 */
final class Layout {

    static final int BUCKETS = 256;

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();
    private static final Pattern APPENDED = Pattern.compile(".*[0-9a-f]{32}(-\\d+)?", Pattern.DOTALL);

    private final String base;

    Layout(String base) {
        this.base = base;
    }

    String base() {
        return base;
    }

    String entries() {
        return base + "/d";
    }

    String bucket(int number) {
        return entries() + '/' + Character.forDigit(number >> 4, 16) + Character.forDigit(number & 15, 16);
    }

    String bucketOf(String directory) {
        int hash = directory.hashCode();
        hash ^= hash >>> 16;
        hash ^= hash >>> 8;
        return bucket(hash & (BUCKETS - 1));
    }

    String directory(String directory) {
        return bucketOf(directory) + '/' + escape(directory);
    }

    String entry(String directory, String name) {
        return directory(directory) + '/' + escape(name);
    }

    String alive() {
        return base + "/a";
    }

    String clients() {
        return base + "/c";
    }

    /**
     * Whether a name ends as those that an append makes. Of such a name, a node with data version 0 is the one that its
     * own commit made: whoever creates it otherwise sets it at once, which makes that version 1.
     */
    static boolean isAppended(String name) {
        return APPENDED.matcher(name).matches();
    }

    /** Everything but printable ASCII, and the signs with a meaning here, as percent escapes of its UTF-8 bytes. */
    static String escape(String text) {
        int plain = 0;
        while (plain < text.length() && isPlain(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            if (one > 0 && isPlain((char) one)) {
                escaped.append((char) one);
            } else {
                escaped.append('%').append(HEX[(one >> 4) & 15]).append(HEX[one & 15]);
            }
        }
        return escaped.toString();
    }

    static String unescape(String escaped) {
        if (escaped.indexOf('%') < 0) {
            return escaped;
        }
        byte[] bytes = new byte[escaped.length()];
        int length = 0;
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%' && i + 2 < escaped.length()) {
                bytes[length++] = (byte) Integer.parseInt(escaped, i + 1, i + 3, 16);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c <= '~' && c != '%' && c != '/';
    }
}
