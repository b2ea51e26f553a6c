package dev.muster.store.simulation;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls that one store has under way at the server, and which server it believes to talk to. */
final class Connection {

    /** How long a call waits for its answer. */
    static final long TIMEOUT_NANOS = 2_000_000_000L;

    private final Simulation simulation;
    private final SimulatedProcess process;
    private final Runnable onMoved;
    private final Set<Runnable> underway = new LinkedHashSet<>();
    private long identity;

    /** @param onMoved told when the server turns out to be another store than before */
    Connection(Simulation simulation, SimulatedProcess process, Runnable onMoved) {
        this.simulation = simulation;
        this.process = process;
        this.onMoved = onMoved;
        this.identity = simulation.server().identity();
    }

    /**
     * Calls the server.
     *
     * @param work what happens there
     * @param heard what to do with an answer, even one that comes too late, before the future completes
     * @param unanswered how the call fails when no answer comes in time
     */
    <T> CompletableFuture<T> call(
            Call call,
            Function<SimulatedServer, T> work,
            Consumer<Answer<T>> heard,
            Supplier<MusterException> unanswered) {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (simulation.chances().chance(simulation.faults().rate(Fault.REFUSED_CALL))) {
            MusterException refused =
                    new ConnectionException("The server cannot be reached: " + call + " was not sent");
            Answer<T> answer = new Answer<>(identity, null, refused);
            heard.accept(answer);
            answer.complete(future);
            return future;
        }
        Runnable giveUp = () -> future.completeExceptionally(unanswered.get());
        underway.add(giveUp);
        Cancellable timer = process.tasks().timer(TIMEOUT_NANOS, call.timeout, giveUp);
        future.whenComplete((value, failure) -> {
            underway.remove(giveUp);
            timer.cancel();
        });
        long believed = identity;
        process.line()
                .request(
                        call,
                        () -> serve(call, believed, work, answer -> {
                            heard.accept(answer);
                            answer.complete(future);
                        }));
        return future;
    }

    private <T> void serve(Call call, long believed, Function<SimulatedServer, T> work, Consumer<Answer<T>> heard) {
        SimulatedServer server = simulation.server();
        if (!server.isUp() || simulation.nemesis().strikes(server)) {
            return;
        }
        Answer<T> answer = answer(server, believed, work);
        if (answer != null) {
            process.line().reply(call, () -> {
                learn(answer.identity());
                heard.accept(answer);
            });
        }
    }

    private static <T> @Nullable Answer<T> answer(
            SimulatedServer server, long believed, Function<SimulatedServer, T> work) {
        if (server.identity() != believed) {
            ConnectionException other = new ConnectionException(
                    "The store was made anew and is another one: what was sent to the old one was not applied");
            return new Answer<>(server.identity(), null, other);
        }
        try {
            return new Answer<>(server.identity(), work.apply(server), null);
        } catch (SimulatedServer.Unanswered starved) {
            return null;
        } catch (MusterException failure) {
            return new Answer<>(server.identity(), null, failure);
        }
    }

    private void learn(long seen) {
        if (seen > identity) {
            identity = seen;
            onMoved.run();
        }
    }

    /** Fails all calls that are under way, as if no answer came. */
    void abandon() {
        List.copyOf(underway).forEach(Runnable::run);
    }
}
