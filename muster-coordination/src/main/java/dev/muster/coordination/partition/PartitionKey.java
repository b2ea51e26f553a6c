package dev.muster.coordination.partition;

import java.nio.charset.StandardCharsets;

/**
 * An object's key for a {@link HashRing}: implement it on what is to be partitioned, or take one of the ready-made ones.
 *
 * <p>There is none for floating-point numbers and other objects on purpose: their text differs from one language or
 * version to the next, and with it the owner. Such objects have to say which bytes stand for them.
 */
@FunctionalInterface
public interface PartitionKey {
    /** The bytes that are looked up. Equal objects must give equal bytes in every process of the fleet. */
    byte[] toBytes();

    /** The UTF-8 bytes of {@code text}; Tooz agrees for Python's {@code str}. */
    static PartitionKey of(String text) {
        return () -> text.getBytes(StandardCharsets.UTF_8);
    }

    /** The decimal digits of {@code number}; Tooz agrees for Python's {@code int}. */
    static PartitionKey of(long number) {
        return of(Long.toString(number));
    }

    /** The bytes themselves. For what Tooz makes of Python's {@code bytes}, see {@link #ofPythonBytes}. */
    static PartitionKey of(byte[] bytes) {
        byte[] copy = bytes.clone();
        return copy::clone;
    }

    /**
     * What Tooz looks up when handed an object of Python's type {@code bytes}: not the bytes but their text in Python,
     * such as {@code b'abc'}.
     */
    static PartitionKey ofPythonBytes(byte[] bytes) {
        char quote = contains(bytes, '\'') && !contains(bytes, '"') ? '"' : '\'';
        StringBuilder text = new StringBuilder("b").append(quote);
        for (byte value : bytes) {
            switch (value) {
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (value == quote) {
                        text.append('\\').append(quote);
                    } else if (value >= ' ' && value <= '~') {
                        text.append((char) value);
                    } else {
                        text.append(String.format("\\x%02x", value & 0xff));
                    }
                }
            }
        }
        return of(text.append(quote).toString());
    }

    private static boolean contains(byte[] bytes, char wanted) {
        for (byte value : bytes) {
            if (value == wanted) {
                return true;
            }
        }
        return false;
    }
}
