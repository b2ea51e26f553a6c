package dev.muster.store.redis;

import dev.muster.store.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One command as Redis reads it: the number of its words, then each with its length. Not thread-safe. */
final class Resp {

    private static final int START = 512;
    private static final int DIGITS = 20;

    private byte[] bytes = new byte[START];
    private int size;

    Resp(int words) {
        head('*', words);
    }

    /** A whole command of texts. */
    static byte[] command(String... words) {
        Resp resp = new Resp(words.length);
        for (String word : words) {
            resp.add(word);
        }
        return resp.toBytes();
    }

    static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }

    Resp add(String word) {
        return add(bytes(word));
    }

    Resp add(byte[] word) {
        head('$', word.length);
        reserve(word.length + 2);
        System.arraycopy(word, 0, bytes, size, word.length);
        size += word.length;
        end();
        return this;
    }

    Resp add(Bytes word) {
        int length = word.size();
        head('$', length);
        reserve(length + 2);
        word.writeTo(ByteBuffer.wrap(bytes, size, length));
        size += length;
        end();
        return this;
    }

    Resp add(long number) {
        byte[] digits = new byte[DIGITS];
        int from = digits(number, digits);
        head('$', DIGITS - from);
        reserve(DIGITS + 2);
        System.arraycopy(digits, from, bytes, size, DIGITS - from);
        size += DIGITS - from;
        end();
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void head(char kind, int number) {
        reserve(DIGITS + 3);
        bytes[size++] = (byte) kind;
        byte[] digits = new byte[DIGITS];
        int from = digits(number, digits);
        System.arraycopy(digits, from, bytes, size, DIGITS - from);
        size += DIGITS - from;
        end();
    }

    private void end() {
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    /** Writes the digits of a number that is not negative at the end of the buffer; answers where they start. */
    private static int digits(long number, byte[] into) {
        int at = into.length;
        long rest = number;
        do {
            into[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        return at;
    }
}
