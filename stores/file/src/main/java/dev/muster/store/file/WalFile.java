package dev.muster.store.file;

import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings commits to the disk that are to outlive a loss of power. SQLite would do so while it holds the write lock, one
 * commit at a time. Here it is done after the commit, outside every lock, for all that came in the meantime: the disk
 * holds up nobody but those who asked. The log is written in order, so what the disk has is always all up to some commit.
 */
final class WalFile {

    private static final Logger LOG = LoggerFactory.getLogger(WalFile.class);

    private final Path file;

    /** Held by the one thread that has the disk work, for itself and for all who ask meanwhile. */
    private final ReentrantLock disk = new ReentrantLock();

    private final AtomicLong asked = new AtomicLong();
    private volatile long forced;
    private volatile @Nullable FileChannel channel;

    /** @param file the write-ahead log of a database that stays open meanwhile, so that SQLite does not replace it */
    WalFile(Path file) {
        this.file = file;
    }

    /**
     * Returns once all that was written before the call is on the disk.
     *
     * @throws StorageException where the disk fails
     */
    void force() {
        long mine = asked.incrementAndGet();
        disk.lock();
        try {
            if (forced < mine) {
                long upTo = asked.get();
                forceChannel();
                forced = upTo;
            }
        } catch (IOException e) {
            throw new StorageException("Could not bring " + file + " to the disk (" + e + "): look at the disk", e);
        } finally {
            disk.unlock();
        }
    }

    /** An interrupt closes a channel in use: it is opened again, and the interrupt kept. */
    private void forceChannel() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    open().force(false);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private FileChannel open() throws IOException {
        FileChannel known = channel;
        if (known != null && known.isOpen()) {
            return known;
        }
        FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE);
        channel = opened;
        return opened;
    }

    /** Never throws. */
    void close() {
        FileChannel known = channel;
        try {
            if (known != null) {
                known.close();
            }
        } catch (IOException e) {
            LOG.debug("could not close {}", file, e);
        }
    }
}
