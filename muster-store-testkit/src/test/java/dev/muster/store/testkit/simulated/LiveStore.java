package dev.muster.store.testkit.simulated;

import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.SerialExecutor;
import dev.muster.store.spi.SystemScheduler;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A simulated store for real threads: calls go to the simulation's thread, callbacks and answers to others. */
final class LiveStore implements Store {

    private static final Logger LOG = LoggerFactory.getLogger(LiveStore.class);

    private final LiveSimulation live;
    private final Store store;
    private final SystemScheduler scheduler = new SystemScheduler("live-store");
    private volatile boolean closed;

    LiveStore(LiveSimulation live, String process) {
        this.live = live;
        this.store = live.get(simulation -> simulation.connect(process));
    }

    @Override
    public String engine() {
        return store.engine();
    }

    /** Its processes are not real ones. */
    @Override
    public Set<Trait> traits() {
        Set<Trait> traits = EnumSet.copyOf(store.traits());
        traits.removeAll(
                Set.of(Trait.DISTRIBUTED_ACROSS_HOSTS, Trait.DISTRIBUTED_ACROSS_PROCESSES, Trait.DURABLE_ACROSS_CRASH));
        return traits;
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    @Override
    public Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        return call(() -> store.openSession(options))
                .thenApply(session -> new LiveSession(live, session, scheduler.executor()));
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return call(() -> store.commit(commit));
    }

    @Override
    public CompletableFuture<Settlement> settle(Commit commit) {
        return call(() -> store.settle(commit));
    }

    @Override
    public CompletableFuture<Listing> list(String directory) {
        return call(() -> store.list(directory));
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return call(() -> store.directories(prefix));
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        Executor serial = new SerialExecutor(options.executor() == null ? scheduler.executor() : options.executor());
        Executor executor = task -> {
            try {
                serial.execute(task);
            } catch (RejectedExecutionException dead) {
                LOG.debug("a listener's executor takes no more", dead);
            }
        };
        boolean[] closed = new boolean[1];
        WatchListener away = new WatchListener() {
            @Override
            public void onEvent(WatchEvent event) {
                executor.execute(() -> {
                    if (!closed[0]) {
                        listener.onEvent(event);
                    }
                });
            }

            @Override
            public void onEnd(MusterException cause) {
                executor.execute(() -> listener.onEnd(cause));
            }
        };
        try {
            Watch watch = live.get(simulation -> store.watch(directory, new WatchOptions(options.names(), null), away));
            return () -> {
                closed[0] = true;
                live.ask(simulation -> {
                    watch.close();
                    return null;
                });
            };
        } catch (CompletionException e) {
            throw (RuntimeException) Await.cause(e);
        }
    }

    @Override
    public void close() {
        live.get(simulation -> {
            store.close();
            // The watches' last callbacks.
            simulation.pass(Duration.ofSeconds(1));
            return null;
        });
        closed = true;
        scheduler.close();
    }

    /** Ends a session without a word to its owner. */
    void expire(Session session) {
        live.get(simulation -> {
            simulation.server().end(((LiveSession) session).inner());
            return null;
        });
    }

    private interface Work<T> {
        CompletableFuture<T> start();
    }

    private <T> CompletableFuture<T> call(Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Executor executor = closed ? Runnable::run : scheduler.executor();
        live.ask(simulation -> work.start()
                .whenComplete((value, failure) -> executor.execute(() -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(Await.cause(failure));
                    }
                })));
        return result;
    }
}
