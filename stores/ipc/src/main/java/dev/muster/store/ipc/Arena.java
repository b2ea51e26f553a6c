package dev.muster.store.ipc;

import dev.muster.host.MappedFile;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * One file of a shard's log: a header, a snapshot of the state that it starts from, and records. Each record begins with
 * the offset of its successor, 0 while it has none. The header holds such a word too, for the first record.
 *
 * <p>A writer reserves space by adding to the tail, writes its record there, where nobody looks, and publishes it by one
 * compare-and-set of the last record's word. What is published never changes. A negative word ends the arena: the log
 * goes on in the arena of that number. Not thread-safe: the pen is shared.
 */
final class Arena {

    /** The offset of the word that links the first record. */
    static final int FIRST = 192;

    /** What the header takes: the snapshot follows. */
    static final int HEAD = FIRST + 8;

    private static final long MAGIC = 0x4d55_5354_4c4f_4701L;
    private static final int ID = 8;
    private static final int PREVIOUS = 16;
    private static final int SHARD = 24;
    private static final int CREATED_MILLIS = 32;
    private static final int REVISION = 40;
    private static final int TAIL = 64;
    private static final int CLAIM = 128;

    private final Path path;
    private final ByteBuffer memory;
    private final ByteBuffer pen;

    private Arena(Path path, ByteBuffer memory) {
        this.path = path;
        this.memory = memory;
        this.pen = memory.duplicate().order(memory.order());
    }

    /** Makes a new file that nobody knows of yet. */
    static Arena create(Path path, int size, int shard, long id, long previous) throws IOException {
        ByteBuffer memory = MappedFile.create(path, size);
        memory.putLong(ID, id);
        memory.putLong(PREVIOUS, previous);
        memory.putLong(SHARD, shard);
        memory.putLong(CREATED_MILLIS, System.currentTimeMillis());
        memory.putLong(0, MAGIC);
        return new Arena(path, memory);
    }

    static Arena open(Path path, int shard, long id) throws IOException {
        ByteBuffer memory = MappedFile.open(path);
        if (memory.capacity() < HEAD
                || memory.getLong(0) != MAGIC
                || memory.getLong(ID) != id
                || memory.getLong(SHARD) != shard) {
            throw new StorageException("Log file " + path + " of an ipc store is truncated, foreign or of another"
                    + " version of Muster: stop the processes that use the store and remove its folder");
        }
        return new Arena(path, memory);
    }

    long id() {
        return memory.getLong(ID);
    }

    /** The number of the arena before this one, 0 for the first. */
    long previous() {
        return memory.getLong(PREVIOUS);
    }

    int size() {
        return memory.capacity();
    }

    /** By the wall clock: good for guessing how busy the shard is, and for nothing else. */
    long ageMillis() {
        return System.currentTimeMillis() - memory.getLong(CREATED_MILLIS);
    }

    /** The revision of the state that the snapshot holds. */
    long revision() {
        return memory.getLong(REVISION);
    }

    /** The pen at the place where the snapshot starts. */
    ByteBuffer snapshot() {
        return pen(HEAD);
    }

    /** Says that the snapshot ends where the pen is. Before anybody knows of this arena. */
    void start(long revision) {
        memory.putLong(REVISION, revision);
        memory.putLong(TAIL, aligned(pen.position()));
    }

    /** The word of the record at an offset: its successor's offset, 0, or the next arena's number, negated. */
    long next(int at) {
        return Words.get(memory, at);
    }

    /** The one moment at which a record comes to be. */
    boolean publish(int after, long word) {
        return Words.compareAndSet(memory, after, 0, word);
    }

    /**
     * Answers the offset of space that is the caller's alone, or -1 where the arena is full.
     *
     * @param spare bytes to be left at the end for what is more urgent
     */
    int reserve(int length, int spare) {
        int size = aligned(length);
        while (true) {
            long at = Words.get(memory, TAIL);
            if (at + size > memory.capacity() - spare) {
                return -1;
            }
            if (Words.compareAndSet(memory, TAIL, at, at + size)) {
                return (int) at;
            }
        }
    }

    /** True once: for the one who is to make the next arena, while the others give it a moment. */
    boolean claim() {
        return Words.compareAndSet(memory, CLAIM, 0, 1);
    }

    /** For reading and writing at an offset: relative, in native order. One at a time. */
    ByteBuffer pen(int at) {
        return pen.limit(memory.capacity()).position(at);
    }

    StorageException corrupt(String what) {
        return new StorageException("Log file " + path + " of an ipc store is damaged (" + what
                + "): stop the processes that use the store and remove its folder");
    }

    /** Gives the memory back: nothing may be called any more. */
    void unmap() {
        MappedFile.unmap(memory);
    }

    private static int aligned(int length) {
        return (length + 7) & ~7;
    }
}
