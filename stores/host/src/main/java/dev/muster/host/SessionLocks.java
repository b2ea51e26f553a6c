package dev.muster.host;

import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which sessions live. Each session holds a lock on one byte of a file, at the place of its slot; the operating
 * system drops it when the process ends, however it ends, and keeps it while the process is stopped. Whoever can claim
 * the byte of another session has proof of its end.
 *
 * <p>Slots are numbers that the engine gives out and never uses twice, so that neither a process id nor a byte used
 * again can be taken for another session. The file stays empty: locks may lie beyond its end.
 *
 * <p>A process must open one of these a file, and nothing else in the process may open that file: see
 * {@link ProcessWide}. Thread-safe; no call blocks, and an interrupted thread may call.
 */
public final class SessionLocks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SessionLocks.class);

    private final Path file;
    private final FileChannel channel;

    private SessionLocks(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the file, making it if absent.
     *
     * @throws StorageException where that fails
     */
    public static SessionLocks open(Path file) {
        try {
            return new SessionLocks(
                    file,
                    FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new StorageException(
                    "Could not open " + file + " (" + e + "): this user must be able to write it", e);
        }
    }

    /** The lock of one slot, held by this process until it is closed. */
    public final class Claim implements AutoCloseable {

        private final long slot;
        private final FileLock lock;

        private Claim(long slot, FileLock lock) {
            this.slot = slot;
            this.lock = lock;
        }

        public long slot() {
            return slot;
        }

        /** Gives the slot up. Idempotent, never throws. */
        @Override
        public void close() {
            try {
                lock.release();
            } catch (IOException e) {
                // Only a closed channel gets here, and that has dropped the lock.
                LOG.debug("slot {} of {} was given up before", slot, file, e);
            }
        }
    }

    /**
     * Claims a slot: a new one for a session, or that of a session whose end is in question. Hold the claim while
     * carrying out such an end, so that peers do not do the same at the same time.
     *
     * @return null where somebody holds the slot, in this process or another
     * @throws StorageException where the operating system has no lock to give
     */
    public @Nullable Claim tryClaim(long slot) {
        try {
            FileLock lock = channel.tryLock(slot, 1, false);
            return lock == null ? null : new Claim(slot, lock);
        } catch (OverlappingFileLockException heldHere) {
            return null;
        } catch (IOException e) {
            throw new StorageException(
                    "Could not lock byte " + slot + " of " + file + " (" + e
                            + "): the file system must be a local one, and the host have locks left",
                    e);
        }
    }

    /** Gives up all claims. Idempotent, never throws. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("could not close {}", file, e);
        }
    }
}
