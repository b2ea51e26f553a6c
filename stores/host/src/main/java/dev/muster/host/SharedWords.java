package dev.muster.host;

import dev.muster.store.StorageException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A few numbers that all processes with the file share in memory. They are hints, such as when something was last done:
 * a killed process can leave any of them behind, and after a restart of the host they are of another time.
 */
public final class SharedWords implements AutoCloseable {

    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;

    private SharedWords(ByteBuffer memory) {
        this.memory = memory;
    }

    /**
     * Maps the file, making it if absent.
     *
     * @throws StorageException where that fails
     */
    public static SharedWords open(Path file, int count) {
        int bytes = count * Long.BYTES;
        try {
            boolean there = Files.exists(file) && Files.size(file) >= bytes;
            return new SharedWords(there ? MappedFile.open(file) : MappedFile.create(file, bytes));
        } catch (IOException e) {
            throw new StorageException(
                    "Could not map " + file + " (" + e
                            + "): this user must be able to write it, and the disk have room",
                    e);
        }
    }

    public long get(int word) {
        return (long) WORD.getVolatile(memory, word * Long.BYTES);
    }

    public void set(int word, long value) {
        WORD.setVolatile(memory, word * Long.BYTES, value);
    }

    public void increment(int word) {
        WORD.getAndAdd(memory, word * Long.BYTES, 1L);
    }

    /**
     * Whether it is up to the caller to do what one process shall do each interval, by {@link System#nanoTime}, which
     * all processes of a host share. It is again up to somebody an interval later, whatever becomes of this one.
     */
    public boolean takeTurn(int word, long intervalNanos) {
        long now = System.nanoTime();
        long last = get(word);
        return !isWithin(last, now, intervalNanos) && WORD.compareAndSet(memory, word * Long.BYTES, last, now);
    }

    /** Whether the word holds a time that is not longer ago than this. */
    public boolean isWithin(int word, long nanos) {
        long time = get(word);
        return time != 0 && isWithin(time, System.nanoTime(), nanos);
    }

    private static boolean isWithin(long time, long now, long nanos) {
        return time <= now && now - time < nanos;
    }

    /** Gives the memory back: nobody may call this object any more, as that would end the process. */
    @Override
    public void close() {
        MappedFile.unmap(memory);
    }
}
