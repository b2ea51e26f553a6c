package dev.muster.store;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** 128 bits that identify one commit: 64 random ones of this process and a count. */
public record Nonce(long process, long count) {

    private static final long PROCESS = new SecureRandom().nextLong();
    private static final AtomicLong COUNT = new AtomicLong();

    /** Empty but on a thread that simulates: there, the names of entries must come from the seed too. */
    private static final Seam<Supplier<Nonce>> SEEDED = new Seam<>();

    public static Nonce next() {
        Supplier<Nonce> seeded = SEEDED.get();
        return seeded == null ? new Nonce(PROCESS, COUNT.incrementAndGet()) : seeded.get();
    }

    /**
     * Has this thread take its nonces from a source, for simulations that must replay exactly.
     *
     * @return puts back what was before: to be called on the same thread
     */
    public static Cancellable seed(Supplier<Nonce> source) {
        return SEEDED.put(source);
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
