package dev.muster.store;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** 128 bits that identify one commit: 64 random ones of this process and a count. */
public record Nonce(long process, long count) {

    private static final long PROCESS = new SecureRandom().nextLong();
    private static final AtomicLong COUNT = new AtomicLong();

    public static Nonce next() {
        return new Nonce(PROCESS, COUNT.incrementAndGet());
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        byte[] digits = new byte[32];
        hex(process, digits, 0);
        hex(count, digits, 16);
        return new String(digits, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static void hex(long bits, byte[] digits, int at) {
        for (int i = 15; i >= 0; i--) {
            int digit = (int) (bits & 15);
            digits[at + i] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
            bits >>>= 4;
        }
    }
}
