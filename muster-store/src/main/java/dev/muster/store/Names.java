package dev.muster.store;

import java.util.Comparator;

/** The rules that names and directory paths keep on every engine. */
public final class Names {

    /** The order of the names' UTF-8 bytes, which is that of their code points. */
    public static final Comparator<String> BYTE_ORDER = Names::compareBytes;

    private static final int MOST_BYTES_A_CHAR = 3;

    private Names() {}

    private static int compareBytes(String a, String b) {
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.isSurrogate(x) == Character.isSurrogate(y)
                        ? Character.compare(x, y)
                        : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** The name's length in UTF-8 bytes, or -1 where it holds half a surrogate pair. */
    public static int utf8Length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                length++;
            } else if (c < 0x800) {
                length += 2;
            } else if (!Character.isSurrogate(c)) {
                length += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                length += 4;
                i++;
            } else {
                return -1;
            }
        }
        return length;
    }

    /**
     * Checks one name, or one segment of a path.
     *
     * @param what how the error calls it, for instance "entry name"
     * @return its length in UTF-8 bytes
     * @throws InvalidArgument naming the rule that it breaks
     */
    public static int check(String what, String name, int maxBytes) {
        return isPlain(name, 0, name.length(), maxBytes) ? name.length() : checkEach(what, name, maxBytes);
    }

    /** Whether a part of a text keeps every rule at a glance, as nearly all names do: printable ASCII, no dot first. */
    private static boolean isPlain(String text, int from, int to, int maxBytes) {
        if (from == to || to - from > maxBytes || text.charAt(from) == '.') {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '/') {
                return false;
            }
        }
        return true;
    }

    private static int checkEach(String what, String name, int maxBytes) {
        int length = utf8Length(name);
        if (length < 0) {
            throw new InvalidArgument(what + " is not valid Unicode: it holds an unpaired surrogate");
        }
        if (length == 0) {
            throw new InvalidArgument(what + " is empty: it takes 1 to " + maxBytes + " bytes");
        }
        if (length > maxBytes) {
            throw new InvalidArgument(
                    what + " has " + length + " bytes in UTF-8: at most " + maxBytes + " are allowed, so shorten it");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/') {
                throw new InvalidArgument(what + " holds '/' at index " + i + ": a name is a single segment");
            }
            if (Character.isISOControl(c)) {
                throw new InvalidArgument(
                        what + " holds the control character " + String.format("U+%04X", (int) c) + " at index " + i);
            }
        }
        if (name.equals(".") || name.equals("..")) {
            throw new InvalidArgument(what + " is '" + name + "': '.' and '..' are not names");
        }
        return length;
    }

    /** Checks a directory path: segments joined by single slashes. Returns the path. */
    public static String checkPath(String path, int maxBytes) {
        int length = path.length() * MOST_BYTES_A_CHAR <= maxBytes ? 0 : utf8Length(path);
        if (length > maxBytes) {
            throw new InvalidArgument("directory path has " + length + " bytes in UTF-8: at most " + maxBytes
                    + " are allowed, so shorten it");
        }
        int start = 0;
        while (true) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (!isPlain(path, start, end, maxBytes)) {
                checkEach("segment of the directory path", path.substring(start, end), maxBytes);
            }
            if (slash < 0) {
                return path;
            }
            start = slash + 1;
        }
    }
}
