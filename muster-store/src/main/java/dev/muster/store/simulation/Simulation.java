package dev.muster.store.simulation;

import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.Nonce;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A small world that a seed determines: processes, a server, the messages between them, and a clock that jumps from one
 * event to the next. All of it runs on the thread that made it; the same seed gives the same run.
 *
 * <p>Faults happen by chance during the first virtual minute, and not afterwards ({@link #calm}), so that what is started
 * can finish. What is awaited for longer than {@link #LIMIT} never comes.
 */
public final class Simulation implements AutoCloseable {

    /** How much virtual time a run has for what it waits for. */
    public static final Duration LIMIT = Duration.ofMinutes(20);

    private static final Duration STORMY = Duration.ofMinutes(1);
    private static final long MOST_STEPS = 5_000_000;

    private final long seed;
    private final Parts parts;
    private final Trace trace;
    private final SeededRandom chances;
    private final SeededRandom random;
    private final EventLoop loop;
    private final Nemesis nemesis;
    private final SimulatedServer server;
    private final Set<Trait> traits;
    private final Map<String, SimulatedProcess> processes = new LinkedHashMap<>();
    private final Map<String, BooleanSupplier> invariants = new LinkedHashMap<>();
    private final Cancellable nonces;
    private final Cancellable waits;
    private Faults faults;
    private long nonceCount;
    private @Nullable Throwable failure;

    /** A world with these faults. Close it when done, on the same thread. */
    public Simulation(long seed, Faults faults) {
        this(seed, faults, new Parts(), false);
    }

    Simulation(long seed, Faults faults, Parts parts, boolean recording) {
        this.seed = seed;
        this.faults = faults;
        this.parts = parts;
        this.trace = new Trace(recording);
        SeededRandom root = new SeededRandom(SeededRandom.mix(seed));
        this.random = root.fork();
        this.chances = root.fork();
        this.loop = new EventLoop(root.fork(), trace);
        this.nemesis = new Nemesis(this);
        this.server = parts.server(this);
        this.traits = traits(faults);
        this.nonces = Nonce.seed(this::nonce);
        this.waits = Await.by((future, deadline) -> pass(deadline, future::isDone));
        after(STORMY, this::calm);
    }

    private static Set<Trait> traits(Faults faults) {
        Set<Trait> traits = EnumSet.of(
                Trait.DISTRIBUTED_ACROSS_THREADS,
                Trait.DISTRIBUTED_ACROSS_PROCESSES,
                Trait.DISTRIBUTED_ACROSS_HOSTS,
                Trait.LINEARIZABLE,
                Trait.SEQUENTIAL,
                Trait.CAUSAL,
                Trait.SERIALIZABLE);
        if (!faults.knows(Fault.EARLY_EXPIRY)) {
            traits.add(Trait.LEASE_SAFE);
        }
        if (!faults.knows(Fault.FOLDED_EVENTS)) {
            traits.add(Trait.EVERY_CHANGE);
        }
        if (!faults.knows(Fault.SERVER_WIPE)) {
            traits.add(Trait.DURABLE_ACROSS_CRASH);
        }
        return Set.copyOf(traits);
    }

    public long seed() {
        return seed;
    }

    /** Choices for the scenario, drawn from the seed. */
    public SeededRandom random() {
        return random;
    }

    /** Virtual time since the start. */
    public Duration now() {
        return Duration.ofNanos(loop.now());
    }

    public SimulatedServer server() {
        return server;
    }

    /** The process of this name, made when first asked for. */
    public SimulatedProcess process(String name) {
        return processes.computeIfAbsent(name, absent -> new SimulatedProcess(this, name));
    }

    /** A store for the process of this name. */
    public Store connect(String name) {
        return process(name).connect();
    }

    /**
     * Starts a process. Should it crash before its program has completed, a new one is started some time later, named
     * after it, with the same program. Completes when one of them has done the program.
     */
    public CompletableFuture<Void> spawn(String name, Program program) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        start(name, 1, program, done);
        return done;
    }

    private void start(String name, int number, Program program, CompletableFuture<Void> done) {
        SimulatedProcess process = process(number == 1 ? name : name + "." + number);
        process.onCrash(() -> {
            if (!done.isDone()) {
                long wait = chances.skewed(1_000_000, faults.longest().toNanos());
                loop.after(wait, null, "start again", () -> start(name, number + 1, program, done));
            }
        });
        loop.after(0, process, "start", () -> run(process, program, done));
    }

    private void run(SimulatedProcess process, Program program, CompletableFuture<Void> done) {
        CompletableFuture<?> work;
        try {
            work = program.start(process);
        } catch (Exception e) {
            work = CompletableFuture.failedFuture(e);
        }
        work.whenComplete((value, problem) -> {
            if (problem == null) {
                done.complete(null);
            } else {
                fail(problem);
                done.completeExceptionally(problem);
            }
        });
    }

    /** Lets something happen at a later time, to no process in particular. */
    public Cancellable after(Duration delay, Runnable task) {
        return loop.after(delay.toNanos(), null, "scripted", task);
    }

    /** Demands that this holds after every event. The condition must change nothing. */
    public void always(String what, BooleanSupplier condition) {
        invariants.put(what, condition);
    }

    /** Lets events happen until the future is complete. Throws what it failed with. */
    public <T> T await(CompletableFuture<T> future) {
        until("what is awaited has happened", future::isDone);
        try {
            return future.join();
        } catch (CompletionException e) {
            Throwable cause = Await.cause(e);
            if (cause instanceof RuntimeException known) {
                throw known;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /** As {@link #await}, for all of them. */
    public void awaitAll(Collection<? extends CompletableFuture<?>> futures) {
        futures.forEach(this::await);
    }

    /** Lets events happen until the condition holds. */
    public void until(String what, BooleanSupplier condition) {
        long most = trace.steps() + MOST_STEPS;
        while (!condition.getAsBoolean()) {
            if (loop.now() > LIMIT.toNanos()) {
                throw new AssertionError("not within " + LIMIT + " of virtual time: " + what);
            }
            stepTowards(what, most);
        }
    }

    /** Lets this much time pass. */
    public void pass(Duration time) {
        pass(time, () -> false);
    }

    /** Lets this much time pass, or less if the condition comes to hold: answers whether it does. */
    public boolean pass(Duration time, BooleanSupplier condition) {
        boolean[] over = new boolean[1];
        Event end = loop.after(time.toNanos(), null, "time has passed", () -> over[0] = true);
        long most = trace.steps() + MOST_STEPS;
        while (!over[0] && !condition.getAsBoolean()) {
            stepTowards("time passes", most);
        }
        end.cancel();
        return condition.getAsBoolean();
    }

    private void stepTowards(String what, long most) {
        if (loop.isInside()) {
            throw new IllegalStateException("A task of the simulation must not wait for others: nothing else can happen"
                    + " meanwhile. Use the asynchronous form.");
        }
        if (trace.steps() > most) {
            throw new AssertionError("not within " + MOST_STEPS + " events: " + what);
        }
        if (!loop.step()) {
            throw new AssertionError("nothing is left to happen, and it never came about: " + what);
        }
        if (failure == null) {
            invariants.forEach((invariant, condition) -> {
                if (!condition.getAsBoolean()) {
                    fail(new AssertionError("no longer true: " + invariant));
                }
            });
        }
        throwFailure();
    }

    /** Fails the run with this, as soon as the event under way is over. */
    public void fail(Throwable problem) {
        if (failure == null) {
            failure = Await.cause(problem);
        }
    }

    void throwFailure() {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    /** Ends all faults: nothing goes wrong any more, lines are whole, pauses end, and the server is or comes up. */
    public void calm() {
        faults(Faults.NONE);
        processes.values().forEach(process -> {
            process.heal();
            process.resume();
        });
    }

    /** From now on, this is what goes wrong. What the store promises does not change. */
    public void faults(Faults now) {
        faults = now;
    }

    /** Writes a line into the trace, under this name, where the trace is kept. The text must change nothing. */
    public void note(String who, Supplier<String> text) {
        trace.note(loop.now(), who, text);
    }

    /** A number that differs when the run was another one. */
    public long traceHash() {
        return trace.hash();
    }

    @Override
    public void close() {
        waits.cancel();
        nonces.cancel();
    }

    /** Runs foreign code whose exceptions would else only be logged. */
    void guard(Runnable code) {
        try {
            code.run();
        } catch (RuntimeException | Error problem) {
            fail(problem);
        }
    }

    private Nonce nonce() {
        SimulatedProcess current = loop.current();
        return new Nonce(current == null ? seed : current.name().hashCode(), ++nonceCount);
    }

    Faults faults() {
        return faults;
    }

    Set<Trait> traits() {
        return traits;
    }

    SeededRandom chances() {
        return chances;
    }

    EventLoop loop() {
        return loop;
    }

    Nemesis nemesis() {
        return nemesis;
    }

    Parts parts() {
        return parts;
    }

    Trace trace() {
        return trace;
    }
}
