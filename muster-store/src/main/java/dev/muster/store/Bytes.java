package dev.muster.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An immutable run of bytes: the value of an entry. */
public final class Bytes {

    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    public static Bytes copyOf(byte[] content) {
        return new Bytes(content.clone());
    }

    /** Takes the array itself, without a copy: the caller must never write to it again. */
    public static Bytes wrap(byte[] content) {
        return new Bytes(content);
    }

    public static Bytes utf8(String text) {
        return text.isEmpty() ? EMPTY : new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return content.length;
    }

    public byte[] toByteArray() {
        return content.clone();
    }

    /** Copies into a buffer at its position. */
    public void writeTo(ByteBuffer buffer) {
        buffer.put(content);
    }

    public String utf8() {
        return new String(content, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** The size alone: values may be secret, and logs are not. */
    @Override
    public String toString() {
        return content.length + " bytes";
    }
}
