package dev.muster.host;

import dev.muster.store.Cancellable;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the processes that listen: ringing writes one byte to a file, which the operating system tells those who watch
 * its directory (inotify on Linux). A ring may be lost or folded with others, and says nothing but "look": an engine
 * looks by itself now and then, too. The bell has a directory of its own, so that no other write wakes anybody.
 *
 * <p>Thread-safe. One thread while somebody listens, none else.
 */
public final class Bell implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Bell.class);

    private final Path directory;
    /** Not a channel: an interrupt would close that under the thread which rings. */
    private final RandomAccessFile file;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private @Nullable WatchService watching;
    private boolean failed;
    private boolean closed;

    private Bell(Path directory, RandomAccessFile file) {
        this.directory = directory;
        this.file = file;
    }

    /**
     * Opens the bell, making its directory if absent.
     *
     * @throws StorageException where that fails
     */
    public static Bell open(Path directory) {
        try {
            Files.createDirectories(directory);
            return new Bell(
                    directory, new RandomAccessFile(directory.resolve("bell").toFile(), "rw"));
        } catch (IOException e) {
            throw new StorageException(
                    "Could not open the bell in " + directory + " (" + e + "): this user must be able to write there",
                    e);
        }
    }

    /** Wakes all who listen, in this process and others. Never throws: a ring that fails is as one that was lost. */
    public void ring() {
        try {
            synchronized (file) {
                file.seek(0);
                file.write(1);
            }
        } catch (IOException e) {
            if (!closed) {
                warnOnce("could not be rung", e);
            }
        }
    }

    /**
     * Has the listener called after each ring, on the bell's own thread: it must be short and run no foreign code. Where
     * the operating system cannot watch (it has a limit on watching processes), that is logged once, and the listener is
     * never called.
     */
    public Cancellable listen(Runnable listener) {
        synchronized (this) {
            listeners.add(listener);
            if (watching == null && !closed) {
                start();
            }
        }
        return () -> forget(listener);
    }

    private synchronized void forget(Runnable listener) {
        listeners.remove(listener);
        if (listeners.isEmpty()) {
            stop();
        }
    }

    private void start() {
        WatchService service = null;
        try {
            service = directory.getFileSystem().newWatchService();
            directory.register(service, StandardWatchEventKinds.ENTRY_MODIFY);
            WatchService started = service;
            Thread thread = new Thread(() -> run(started), "muster-bell");
            thread.setDaemon(true);
            thread.start();
            watching = service;
        } catch (IOException e) {
            warnOnce("cannot be heard (is fs.inotify.max_user_instances too low?): changes will be seen late", e);
            close(service);
        }
    }

    private void run(WatchService service) {
        try {
            while (true) {
                WatchKey key = service.take();
                key.pollEvents();
                key.reset();
                for (Runnable listener : listeners) {
                    call(listener);
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException end) {
            LOG.trace("the bell in {} is no longer listened to", directory, end);
        }
    }

    private void call(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.warn("what the bell in {} called threw; it will be called again", directory, e);
        }
    }

    private void warnOnce(String what, IOException e) {
        if (!failed) {
            failed = true;
            LOG.warn("the bell in {} {}", directory, what, e);
        }
    }

    private void stop() {
        close(watching);
        watching = null;
    }

    private void close(@Nullable AutoCloseable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (Exception e) {
            LOG.debug("could not close a part of the bell in {}", directory, e);
        }
    }

    /** Calls no listener any more. Idempotent, never throws. */
    @Override
    public synchronized void close() {
        closed = true;
        listeners.clear();
        stop();
        close(file);
    }
}
