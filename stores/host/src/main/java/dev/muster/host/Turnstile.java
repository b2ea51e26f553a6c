package dev.muster.host;

import dev.muster.store.Cancellable;
import dev.muster.store.Scheduler;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the processes that want one thing in a row, in which they wait asleep and none is passed over again and again. It
 * guards nothing: it only keeps those apart who would otherwise push. A process that is killed in it leaves it; one that
 * is stopped in it holds up the others for as long as they are ready to wait, and no longer.
 *
 * <p>It has two doors, each a lock on a byte. Who waits at the inner one holds the outer one; so who leaves and wants in
 * again finds somebody before him, and cannot be back inside before that one has woken up.
 *
 * <p>One thread of a process at a time may use it.
 */
public final class Turnstile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Turnstile.class);
    private static final long OUTER = 0;
    private static final long INNER = 1;

    private final Path file;
    private final Scheduler scheduler;
    private volatile FileChannel channel;
    private @Nullable FileLock inside;

    private Turnstile(Path file, Scheduler scheduler, FileChannel channel) {
        this.file = file;
        this.scheduler = scheduler;
        this.channel = channel;
    }

    /**
     * Opens the file, making it if absent.
     *
     * @param scheduler times those who wait
     * @throws StorageException where that fails
     */
    public static Turnstile open(Path file, Scheduler scheduler) {
        try {
            return new Turnstile(file, scheduler, openChannel(file));
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static FileChannel openChannel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /**
     * Waits until it is this process's turn; an interrupt does not end the wait, and is kept. Answers false, and is
     * outside, where that takes longer than allowed: somebody was stopped inside.
     */
    public boolean enter(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                if (!channel.isOpen()) {
                    channel = openChannel(file);
                }
                try {
                    return pass(deadline);
                } catch (FileLockInterruptionException | ClosedByInterruptException e) {
                    // To wake a thread from a lock the JDK closes the channel.
                    interrupted |= Thread.interrupted();
                } catch (ClosedChannelException timedOut) {
                    return false;
                }
            }
        } catch (IOException e) {
            throw failure(file, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean pass(long deadline) throws IOException {
        FileLock outer = lock(OUTER, deadline);
        if (outer == null) {
            return false;
        }
        inside = lock(INNER, deadline);
        release(outer);
        return inside != null;
    }

    private @Nullable FileLock lock(long door, long deadline) throws IOException {
        FileLock free = channel.tryLock(door, 1, false);
        long left = deadline - System.nanoTime();
        if (free != null || left <= 0) {
            return free;
        }
        FileChannel waitedAt = channel;
        Cancellable watchdog = scheduler.after(Duration.ofNanos(left), () -> close(waitedAt));
        try {
            return waitedAt.lock(door, 1, false);
        } finally {
            watchdog.cancel();
        }
    }

    /** Lets the next one in. */
    public void leave() {
        FileLock held = inside;
        inside = null;
        if (held != null) {
            try {
                release(held);
            } catch (IOException e) {
                throw failure(file, e);
            }
        }
    }

    private static void release(FileLock lock) throws IOException {
        try {
            lock.release();
        } catch (ClosedChannelException e) {
            LOG.trace("given up before, with its channel", e);
        }
    }

    private static StorageException failure(Path file, IOException e) {
        return new StorageException("Could not lock " + file + " (" + e + "): this user must be able to write it", e);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("could not close a turnstile", e);
        }
    }

    /** Leaves it. Idempotent, never throws. */
    @Override
    public void close() {
        close(channel);
    }
}
