package dev.muster.store.ipc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The 64-bit words of mapped memory that processes agree through: aligned to 8 bytes, volatile, in native order. */
final class Words {

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Words() {}

    static long get(ByteBuffer memory, int at) {
        return (long) LONG.getVolatile(memory, at);
    }

    static void set(ByteBuffer memory, int at, long value) {
        LONG.setVolatile(memory, at, value);
    }

    static boolean compareAndSet(ByteBuffer memory, int at, long expected, long value) {
        return LONG.compareAndSet(memory, at, expected, value);
    }

    /** Adds, and answers what was there before. */
    static long getAndAdd(ByteBuffer memory, int at, long delta) {
        return (long) LONG.getAndAdd(memory, at, delta);
    }

    static long getAndOr(ByteBuffer memory, int at, long bits) {
        return (long) LONG.getAndBitwiseOr(memory, at, bits);
    }

    static long getAndAnd(ByteBuffer memory, int at, long bits) {
        return (long) LONG.getAndBitwiseAnd(memory, at, bits);
    }

    /** Raises the word to a value, unless it is there or above. */
    static void raise(ByteBuffer memory, int at, long value) {
        long now = get(memory, at);
        while (now < value && !compareAndSet(memory, at, now, value)) {
            now = get(memory, at);
        }
    }
}
