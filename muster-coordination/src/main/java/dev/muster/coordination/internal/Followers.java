package dev.muster.coordination.internal;

import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.DirectoryState;
import dev.muster.store.spi.SerialExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One watch a directory and coordinator, however many recipes follow the directory. */
public final class Followers {

    private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

    private final Store store;
    private final Map<String, Followed> followed = new HashMap<>();

    /** Guarded by the map. From then on nothing is followed. */
    private boolean closed;

    Followers(Store store) {
        this.store = store;
    }

    /**
     * Follows a directory: first the whole listing as it is known, then each change. Calls are serial for a directory.
     * Cancelling stops them; the last to cancel ends the watch. Once this is closed, it does nothing.
     */
    public Cancellable follow(String directory, WatchListener listener) {
        Followed one;
        boolean first;
        synchronized (followed) {
            if (closed) {
                return () -> {};
            }
            one = followed.computeIfAbsent(directory, Followed::new);
            first = one.followers++ == 0;
        }
        if (first) {
            try {
                one.start();
            } catch (MusterException failure) {
                synchronized (followed) {
                    followed.remove(directory, one);
                }
                throw failure;
            }
        }
        one.serial.execute(() -> one.add(listener));
        boolean[] cancelled = new boolean[1];
        return () -> {
            boolean last;
            synchronized (followed) {
                if (cancelled[0]) {
                    return;
                }
                cancelled[0] = true;
                one.removed.add(listener);
                last = --one.followers == 0;
                if (last) {
                    followed.remove(directory, one);
                }
            }
            one.serial.execute(() -> one.remove(listener, last));
        };
    }

    void close() {
        List<Followed> all;
        synchronized (followed) {
            closed = true;
            all = List.copyOf(followed.values());
            followed.clear();
        }
        all.forEach(one -> one.watch.close());
    }

    private final class Followed implements WatchListener {

        private final String directory;
        final SerialExecutor serial = new SerialExecutor(store.scheduler().executor());

        /** Guarded by the map of all. */
        int followers;

        final List<WatchListener> removed = new CopyOnWriteArrayList<>();

        /** Touched by the serial executor alone. */
        private final DirectoryState state = new DirectoryState();

        private final List<WatchListener> listeners = new ArrayList<>();
        private boolean listed;
        private volatile Watch watch = () -> {};

        Followed(String directory) {
            this.directory = directory;
        }

        void start() {
            watch = store.watch(directory, WatchOptions.ALL.on(serial), this);
            synchronized (followed) {
                if (!closed) {
                    return;
                }
            }
            // Closed in the meantime, by one who saw no watch yet.
            watch.close();
        }

        void add(WatchListener listener) {
            listeners.add(listener);
            if (listed) {
                call(listener, new WatchEvent.Listed(state.listing(), false));
            }
        }

        void remove(WatchListener listener, boolean last) {
            listeners.remove(listener);
            removed.remove(listener);
            if (last) {
                watch.close();
            }
        }

        @Override
        public void onEvent(WatchEvent event) {
            state.follow(event);
            listed = true;
            List.copyOf(listeners).forEach(listener -> call(listener, event));
        }

        @Override
        public void onEnd(MusterException cause) {
            List.copyOf(listeners).forEach(listener -> listener.onEnd(cause));
        }

        private void call(WatchListener listener, WatchEvent event) {
            if (removed.contains(listener)) {
                return;
            }
            try {
                listener.onEvent(event);
            } catch (Exception e) {
                LOG.warn("a follower of {} threw; the others are still told", directory, e);
            }
        }
    }
}
