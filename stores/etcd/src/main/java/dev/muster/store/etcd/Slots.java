package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where owned entries lie that were appended. etcd remembers each key that ever was until it is compacted, and walks over
 * it in every listing: with keys of names that are never used again, a lock would become slower with each use. So such
 * an entry lies in one of a few keys that its process uses in turn, and the value begins with the part of the name that
 * differs. Where the key of its turn is taken, one that belongs to it takes it over.
 */
final class Slots {

    /** What the last part of such a key begins with: no name does. */
    private static final char MARK = '\u0001';

    private static final HexFormat HEX = HexFormat.of();
    private static final int IN_TURN = 64;
    private static final int COUNT_LENGTH = 16;
    private static final int HEAD_LENGTH = COUNT_LENGTH + 1;

    private static final int TURN_LENGTH = 2;

    private Slots() {}

    /**
     * The place of a name.
     *
     * @param key of its turn; others that begin with it and a point take over
     * @param count what the value begins with where it is this name's
     */
    record Slot(ByteString key, String count) {

        /** The key of its turn, or one of those after it. */
        ByteString key(int after) {
            return after == 0 ? key : key.concat(ByteString.copyFromUtf8("." + after));
        }

        /** The end of the range of all its keys. */
        ByteString end() {
            return key.concat(ByteString.copyFromUtf8("/"));
        }

        boolean isIn(ByteString value) {
            return value.startsWith(ByteString.copyFromUtf8(count));
        }

        /** All values of this name lie above it. */
        ByteString floor() {
            return ByteString.copyFromUtf8(count);
        }

        /** All values of this name lie below it. */
        ByteString ceiling() {
            byte[] bytes = count.getBytes(StandardCharsets.US_ASCII);
            bytes[bytes.length - 1]++;
            return ByteString.copyFrom(bytes);
        }

        ByteString value(ByteString content) {
            return ByteString.copyFromUtf8(count + " ").concat(content);
        }
    }

    /** Whether an entry of this name may lie in a slot. */
    static boolean isAppended(String name) {
        return countEnd(name) >= 0;
    }

    /** The slot for a name; null where its form is not that of appended ones. */
    static @Nullable Slot of(ByteString directory, String name) {
        int end = countEnd(name);
        if (end < 0) {
            return null;
        }
        String count = name.substring(end - COUNT_LENGTH, end);
        int turn = HexFormat.fromHexDigits(count, COUNT_LENGTH - TURN_LENGTH, COUNT_LENGTH) % IN_TURN;
        String key =
                MARK + name.substring(0, end - COUNT_LENGTH) + name.substring(end) + ":" + HEX.toHexDigits((byte) turn);
        return new Slot(directory.concat(ByteString.copyFromUtf8(key)), count);
    }

    /**
     * Where the count ends in a name of the form that {@code Commit.Builder.append} gives it: a prefix, process and count of
     * the nonce, each 16 hexadecimal digits, and perhaps which one of its commit it is. Else -1.
     */
    private static int countEnd(String name) {
        int end = suffixStart(name, name.length());
        if (end < 2 * COUNT_LENGTH) {
            return -1;
        }
        for (int i = end - 2 * COUNT_LENGTH; i < end; i++) {
            char digit = name.charAt(i);
            if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
                return -1;
            }
        }
        return end;
    }

    /** Where a minus with one or two digits begins that the text up to there ends with; else that end. */
    private static int suffixStart(String text, int end) {
        for (int start = end - 2; start >= Math.max(0, end - 3); start--) {
            if (text.charAt(start) == '-') {
                return isDecimal(text, start + 1, end) ? start : end;
            }
        }
        return end;
    }

    private static boolean isDecimal(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Whether a key, from the end of its directory's on, is a slot's. */
    static boolean isSlot(ByteString lastPart) {
        return !lastPart.isEmpty() && lastPart.byteAt(0) == MARK;
    }

    /** The name of what lies in a slot. */
    static String name(ByteString lastPart, ByteString value) {
        String key = lastPart.substring(1).toStringUtf8();
        int turn = key.lastIndexOf(':');
        if (turn < COUNT_LENGTH || value.size() < HEAD_LENGTH) {
            throw new IllegalStateException("no slot of this version: " + key);
        }
        int process = suffixStart(key, turn);
        String count = value.substring(0, COUNT_LENGTH).toStringUtf8();
        return key.substring(0, process) + count + key.substring(process, turn);
    }

    static ByteString content(ByteString value) {
        return value.substring(HEAD_LENGTH);
    }
}
