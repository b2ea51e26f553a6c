package dev.muster.cli.bench;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.store.Bytes;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures what the recipes do at a store, with two members in this process. Each round gives one figure; the first,
 * which warms up, does not count.
 */
public final class Bench {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LATENCIES = 50;

    private final Coordinator one;
    private final Coordinator two;
    private final String directory;
    private final int rounds;
    private final long roundNanos;

    /**
     * Two coordinators, each with a store of its own, in a namespace that nobody else uses.
     *
     * @param directory in the store, for writes that no recipe makes
     */
    public Bench(Coordinator one, Coordinator two, String directory, int rounds, Duration round) {
        this.one = one;
        this.two = two;
        this.directory = directory;
        this.rounds = rounds;
        this.roundNanos = round.toNanos();
    }

    /** One measurement of one round. */
    private interface Round {
        double measure() throws Exception;
    }

    /**
     * Measures all, one after another.
     *
     * @param onProgress told what is being measured
     * @param onResult told each result
     */
    public void run(Consumer<String> onProgress, Consumer<Result> onResult) throws Exception {
        onResult.accept(measure("acquire and release a free lock", "pairs/s", onProgress, this::uncontended));
        onResult.accept(measure("hand a lock over to a waiter", "µs", onProgress, this::handOver));
        onResult.accept(measure("join and leave a group", "pairs/s", onProgress, this::joinAndLeave));
        onResult.accept(measure("from a commit to its watcher", "µs", onProgress, this::watchLatency));
    }

    private Result measure(String what, String unit, Consumer<String> onProgress, Round round) throws Exception {
        double[] figures = new double[rounds];
        for (int i = -1; i < rounds; i++) {
            onProgress.accept(what + (i < 0 ? ": warming up" : ": round " + (i + 1) + " of " + rounds));
            double figure = round.measure();
            if (i >= 0) {
                figures[i] = figure;
            }
        }
        return Result.of(what, unit, figures);
    }

    private double uncontended() {
        return rate(() -> one.lock("free").acquire(PATIENCE).close());
    }

    private double joinAndLeave() {
        Group group = one.group("bench");
        double rate = rate(() -> group.joinOrCreate(Capabilities.NONE).close());
        group.delete();
        return rate;
    }

    private double rate(Runnable pair) {
        long begin = System.nanoTime();
        long count = 0;
        long elapsed;
        do {
            pair.run();
            count++;
            elapsed = System.nanoTime() - begin;
        } while (elapsed < roundNanos);
        return count * 1e9 / elapsed;
    }

    /** From the call of release at one member until the other holds the lock. */
    private double handOver() throws Exception {
        double[] micros = new double[LATENCIES];
        for (int i = 0; i < LATENCIES; i++) {
            LockHandle held = one.lock("wanted").acquire(PATIENCE);
            CompletableFuture<Long> arrived = new CompletableFuture<>();
            CompletableFuture<Optional<LockHandle>> waiting = two.lock("wanted").acquireAsync(PATIENCE);
            CompletableFuture<Void> freed = waiting.thenAccept(handle -> {
                arrived.complete(System.nanoTime());
                handle.orElseThrow().releaseAsync();
            });
            long begin = System.nanoTime();
            held.close();
            micros[i] = (arrived.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) - begin) / 1e3;
            freed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        return middle(micros);
    }

    /** From the call of commit at one member until a watch of the other tells of it. */
    private double watchLatency() throws Exception {
        double[] micros = new double[LATENCIES];
        SynchronousQueue<Long> seen = new SynchronousQueue<>();
        Store from = one.store();
        Cancellable watching =
                two.store().watch(directory, WatchOptions.ALL, event -> hand(seen, System.nanoTime()))::close;
        try {
            take(seen);
            for (int i = 0; i < LATENCIES; i++) {
                long begin = System.nanoTime();
                from.commit(Commit.in(directory).put("x", Bytes.EMPTY).build(), PATIENCE);
                micros[i] = (take(seen) - begin) / 1e3;
            }
        } finally {
            watching.cancel();
            from.commit(Commit.in(directory).delete("x").build(), PATIENCE);
        }
        return middle(micros);
    }

    private static void hand(SynchronousQueue<Long> seen, long time) {
        try {
            seen.offer(time, PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long take(SynchronousQueue<Long> seen) throws InterruptedException {
        Long time = seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (time == null) {
            throw new IllegalStateException("a watch told nothing within " + PATIENCE);
        }
        return time;
    }

    private static double middle(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
