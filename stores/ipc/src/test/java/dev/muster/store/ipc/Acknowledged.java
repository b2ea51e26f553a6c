package dev.muster.store.ipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a worker knows to be committed, written down where a kill does not take it along: two counts in a mapped file. */
final class Acknowledged {

    private static final int OWN = 0;
    private static final int SHARED = 8;

    private final ByteBuffer memory;

    private Acknowledged(ByteBuffer memory) {
        this.memory = memory;
    }

    static Acknowledged in(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Acknowledged(channel.map(FileChannel.MapMode.READ_WRITE, 0, 16));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last value that the worker put in its own entry. */
    long own() {
        return memory.getLong(OWN);
    }

    void own(long value) {
        memory.putLong(OWN, value);
    }

    /** How often the worker raised the counter that all share. */
    long shared() {
        return memory.getLong(SHARED);
    }

    void shared(long count) {
        memory.putLong(SHARED, count);
    }
}
