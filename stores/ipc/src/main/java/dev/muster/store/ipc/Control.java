package dev.muster.store.ipc;

import dev.muster.host.MappedFile;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * The page that all processes of a store map: who the store is, where each shard's log is, who sleeps until it grows,
 * and the table of sessions ({@link SessionTable}).
 */
final class Control {

    /** How many logs the directories are spread over. */
    static final int SHARDS = 256;

    /** How many sessions may be open at once. */
    static final int SESSIONS = 4096;

    private static final long MAGIC = 0x4d55_5354_5f49_5043L;
    private static final long VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int IDENTITY = 16;
    private static final int SEED = 24;
    private static final int ENDED = 64;
    private static final int ARENAS = 128;
    private static final int INCARNATIONS = 192;
    private static final int ROUND = 256;
    private static final int USED_SLOTS = 320;
    private static final int TABLE = 384;
    private static final int LINE = 64;
    private static final int SLEEPERS = 8;
    private static final int WANTED = 16;
    private static final int SESSION_TABLE = TABLE + SHARDS * LINE;
    private static final int SIZE = SESSION_TABLE + SESSIONS * LINE;

    private final ByteBuffer memory;

    private Control(ByteBuffer memory) {
        this.memory = memory;
    }

    /**
     * Maps the page, making it if there is none: whoever links a finished one to its name first has made the store.
     *
     * @throws StorageException where it is none of ours, or of another version
     */
    static Control open(Path file) throws IOException {
        if (Files.notExists(file)) {
            create(file);
        }
        ByteBuffer memory = MappedFile.open(file);
        if (memory.capacity() < SIZE || memory.getLong(0) != MAGIC) {
            throw new StorageException("Control file " + file + " of an ipc store is truncated or foreign: stop the"
                    + " processes that use the store and remove its folder, or name another store");
        }
        if (memory.getLong(VERSION_AT) != VERSION) {
            throw new StorageException("The ipc store of " + file + " is of format " + memory.getLong(VERSION_AT)
                    + ", this Muster knows format " + VERSION + ": use one version on the host, or another store name");
        }
        return new Control(memory);
    }

    private static void create(Path file) throws IOException {
        Path draft = file.resolveSibling("control." + UUID.randomUUID());
        try {
            ByteBuffer memory = MappedFile.create(draft, SIZE);
            memory.putLong(VERSION_AT, VERSION);
            memory.putLong(IDENTITY, new SecureRandom().nextLong());
            memory.putLong(SEED, System.currentTimeMillis() * 1_000_000);
            memory.putLong(INCARNATIONS, SessionTable.FIRST_INCARNATION);
            memory.putLong(0, MAGIC);
            MappedFile.unmap(memory);
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException another) {
            // It was made by a process that was faster, and is as good as this one.
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Random: another one is another store. */
    long identity() {
        return memory.getLong(IDENTITY);
    }

    /**
     * The revision that every log starts from: the host's clock in nanoseconds when the store was made. No log grows as
     * fast as that, so one made after this one was removed goes on above it.
     */
    long seed() {
        return memory.getLong(SEED);
    }

    /** The number of the arena that a shard's log is in, or of one from which words lead there; 0 for none yet. */
    long arena(int shard) {
        return Words.get(memory, line(shard));
    }

    /** Makes the first arena of a shard known. Answers false where there was one. */
    boolean begin(int shard, long arena) {
        return Words.compareAndSet(memory, line(shard), 0, arena);
    }

    /** Makes a later arena known. */
    void advance(int shard, long arena) {
        Words.raise(memory, line(shard), arena);
    }

    /** A number for an arena that no other has: it is above that of every arena it could follow. */
    long nextArena() {
        return Words.getAndAdd(memory, ARENAS, 1) + 1;
    }

    /** The bells, as bits, of those who sleep until the shard's log grows. */
    long sleepers(int shard) {
        return Words.get(memory, line(shard) + SLEEPERS);
    }

    void sleep(int shard, long bell) {
        if ((sleepers(shard) & bell) == 0) {
            Words.getAndOr(memory, line(shard) + SLEEPERS, bell);
        }
    }

    /** Takes these bells off the sleepers, and answers which of them were on. */
    long wake(int shard, long bells) {
        return Words.getAndAnd(memory, line(shard) + SLEEPERS, ~bells) & bells;
    }

    /** Until when somebody wants to go first at this shard, by the host's monotonic clock; 0 for nobody. */
    long wanted(int shard) {
        return Words.get(memory, line(shard) + WANTED);
    }

    void want(int shard, long until) {
        Words.set(memory, line(shard) + WANTED, until);
    }

    void unwant(int shard, long until) {
        Words.compareAndSet(memory, line(shard) + WANTED, until, 0);
    }

    /** How often the end of a session was recorded: whoever sees it changed looks for entries of the ended. */
    long ended() {
        return Words.get(memory, ENDED);
    }

    void countEnd() {
        Words.getAndAdd(memory, ENDED, 1);
    }

    long nextIncarnation() {
        return Words.getAndAdd(memory, INCARNATIONS, 1);
    }

    /** How many rounds of looking for dead sessions were made, by anyone. */
    long round() {
        return Words.get(memory, ROUND);
    }

    /** Begins a round, unless another has since. */
    boolean beginRound(long after) {
        return Words.compareAndSet(memory, ROUND, after, after + 1);
    }

    SessionTable sessions() {
        return new SessionTable(memory, USED_SLOTS, SESSION_TABLE, LINE, SESSIONS);
    }

    private static int line(int shard) {
        return TABLE + shard * LINE;
    }
}
