package dev.muster.coordination.simulation;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.store.Await;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.simulation.Fault;
import dev.muster.store.simulation.Faults;
import dev.muster.store.simulation.SeededRandom;
import dev.muster.store.simulation.SimulatedProcess;
import dev.muster.store.simulation.Simulation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The members of a simulation: one in each process, started again when the process is killed. */
final class Fleet {

    /** What tries recipes hardest: silence that outlasts sessions, and all that goes wrong with messages. */
    static final Faults FAULTS = Faults.USUAL
            .with(Fault.SLOW_MESSAGE, 0.08)
            .with(Fault.STARVED_SESSION, 0.03)
            .lasting(15);

    /** These, and a server that loses all it held now and then: it comes back as another store. */
    static final Faults WIPES = FAULTS.with(Fault.SERVER_WIPE, 0.003);

    private static final Duration SESSION = Duration.ofSeconds(6);
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Simulation simulation;
    private final UnaryOperator<Store> fault;
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();

    /** @param fault what is planted between the members and the store; identity for none */
    Fleet(Simulation simulation, UnaryOperator<Store> fault) {
        this.simulation = simulation;
        this.fault = fault;
    }

    /** A planted fault: watches that never tell of what is gone. */
    static Store deafToRemovals(Store store) {
        return deaf(store, changed -> !changed.removals().isEmpty());
    }

    /** A planted fault: watches that tell their listings alone. */
    static Store deafToChanges(Store store) {
        return deaf(store, changed -> true);
    }

    private static Store deaf(Store store, Predicate<WatchEvent.Changed> untold) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("watch")) {
                        WatchListener listener = (WatchListener) arguments[2];
                        return store.watch((String) arguments[0], (WatchOptions) arguments[1], event -> {
                            if (!(event instanceof WatchEvent.Changed changed) || !untold.test(changed)) {
                                listener.onEvent(event);
                            }
                        });
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    SeededRandom random() {
        return simulation.random();
    }

    Duration moment(Duration most) {
        return random().skewed(Duration.ofMillis(1), most);
    }

    /** Starts a member in a process of its own, which lives until the program is done. */
    void spawn(String name, Function<Member, CompletableFuture<?>> program) {
        spawn(name, options -> options, program);
    }

    void spawn(
            String name,
            UnaryOperator<CoordinatorOptions.Builder> more,
            Function<Member, CompletableFuture<?>> program) {
        ends.add(simulation.spawn(name, process -> {
            CoordinatorOptions options = more.apply(CoordinatorOptions.member(name)
                            .sessionTimeout(SESSION)
                            .operationTimeout(Duration.ofSeconds(5)))
                    .build();
            Member member = new Member(this, process, Coordinator.over(fault.apply(process.connect()), options));
            return member.start().thenCompose(started -> program.apply(member));
        }));
    }

    /** Waits until all programs are done. */
    void await() {
        simulation.awaitAll(ends);
    }

    /** A coordinator in its process. */
    static final class Member {

        final SimulatedProcess process;
        final Coordinator coordinator;
        private final Fleet fleet;

        private Member(Fleet fleet, SimulatedProcess process, Coordinator coordinator) {
            this.fleet = fleet;
            this.process = process;
            this.coordinator = coordinator;
        }

        private CompletableFuture<Coordinator> start() {
            return again(coordinator::startAsync);
        }

        Duration moment(Duration most) {
            return fleet.moment(most);
        }

        <T> CompletableFuture<T> later(Duration wait, Supplier<? extends CompletableFuture<T>> then) {
            CompletableFuture<Void> passed = new CompletableFuture<>();
            process.scheduler().after(wait, () -> passed.complete(null));
            return passed.thenCompose(done -> then.get());
        }

        /** Tries until it succeeds: only what is a fault of the store may fail it. */
        <T> CompletableFuture<T> again(Supplier<? extends CompletableFuture<T>> operation) {
            CompletableFuture<T> attempt;
            try {
                attempt = operation.get();
            } catch (MusterException failure) {
                attempt = CompletableFuture.failedFuture(failure);
            }
            return attempt.handle((value, failure) -> {
                        if (failure == null) {
                            return CompletableFuture.completedFuture(value);
                        }
                        if (!(Await.cause(failure) instanceof MusterException)) {
                            return CompletableFuture.<T>failedFuture(failure);
                        }
                        return later(AGAIN, () -> again(operation));
                    })
                    .thenCompose(next -> next);
        }

        /** The session may not end in time for a store that is down: then its time-out ends it. */
        CompletableFuture<Void> close() {
            return coordinator.closeAsync().exceptionally(unconfirmed -> null);
        }
    }
}
