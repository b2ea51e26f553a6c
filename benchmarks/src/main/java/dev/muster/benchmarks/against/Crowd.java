package dev.muster.benchmarks.against;

import dev.muster.benchmarks.peer.Client;
import dev.muster.benchmarks.peer.Tenure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Clients of one library, each driven by a thread of its own. */
final class Crowd {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final List<Client> clients;
    private final ExecutorService threads;

    Crowd(List<Client> clients) {
        this.clients = List.copyOf(clients);
        this.threads = Executors.newFixedThreadPool(Math.max(1, clients.size()));
    }

    /** What one client does. */
    interface Work {
        List<Tenure> by(Client client, int index) throws Exception;
    }

    /**
     * Lets the first so many work side by side, all begun together.
     *
     * @throws Exception what the first of them threw, once all have ended
     */
    Round work(int many, Duration about, Work work) throws Exception {
        long deadline = System.nanoTime() + about.plus(PATIENCE).toNanos();
        CyclicBarrier start = new CyclicBarrier(many);
        List<Future<List<Tenure>>> running = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            int index = i;
            running.add(threads.submit(() -> {
                start.await();
                return work.by(clients.get(index), index);
            }));
        }
        List<List<Tenure>> tenures = new ArrayList<>();
        Throwable failure = null;
        for (Future<List<Tenure>> one : running) {
            try {
                tenures.add(one.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
            } catch (TimeoutException e) {
                one.cancel(true);
                failure = new IllegalStateException("a client told to work for " + about.toMillis()
                        + " ms did not end within " + PATIENCE.toSeconds() + " s more");
            }
        }
        rethrow(failure);
        return new Round(tenures, about);
    }

    private static void rethrow(@Nullable Throwable failure) throws Exception {
        if (failure instanceof Exception exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    Client first() {
        return clients.get(0);
    }

    Client second() {
        return clients.get(1);
    }

    /** Closes all clients, and throws what the last of those that failed threw. */
    void close() throws Exception {
        threads.shutdownNow();
        Exception failure = null;
        for (Client client : clients) {
            try {
                client.close();
            } catch (Exception e) {
                failure = e;
            }
        }
        rethrow(failure);
    }
}
