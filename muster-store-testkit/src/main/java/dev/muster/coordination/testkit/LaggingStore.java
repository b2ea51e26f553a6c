package dev.muster.coordination.testkit;

import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.SerialExecutor;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** While it is held, it keeps back what its watches see: as a store whose watches lag behind its listings. */
final class LaggingStore extends ForwardingStore {

    private final List<Lagging> watches = new CopyOnWriteArrayList<>();
    private volatile boolean held;

    LaggingStore(Store store) {
        super(store);
    }

    void hold() {
        held = true;
    }

    void release() {
        held = false;
        watches.forEach(watch -> watch.executor.execute(watch::drain));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        Executor executor = options.executor();
        Lagging lagging = new Lagging(
                listener, executor == null ? new SerialExecutor(scheduler().executor()) : executor);
        watches.add(lagging);
        return super.watch(directory, options.on(lagging.executor), lagging);
    }

    /** Touched by its executor alone. */
    private final class Lagging implements WatchListener {

        private final Queue<WatchEvent> kept = new ArrayDeque<>();
        private final WatchListener listener;
        private final Executor executor;

        Lagging(WatchListener listener, Executor executor) {
            this.listener = listener;
            this.executor = executor;
        }

        @Override
        public void onEvent(WatchEvent event) {
            kept.add(event);
            drain();
        }

        void drain() {
            while (!held && !kept.isEmpty()) {
                listener.onEvent(kept.remove());
            }
        }

        @Override
        public void onEnd(MusterException cause) {
            listener.onEnd(cause);
        }
    }
}
