package dev.muster.coordination.testkit.faults;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.coordination.testkit.faults.OwnershipHistory.Kind;
import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.ClientPlace;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** Processes that want the same, and what they have told so far. For one thread. */
final class FaultRun implements AutoCloseable {

    private static final int SHOWN = 6;

    private final FaultSetup setup;
    private final String url;
    private final Duration takeOver;
    private final Function<String, ClientPlace> places;
    private final Map<String, ChildProcess> processes = new LinkedHashMap<>();
    private final Map<String, Integer> read = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();

    /**
     * @param url for this process itself
     * @param takeOver the longest that it may take until a lost owner is followed
     * @param places where a process of this name stands
     */
    FaultRun(FaultSetup setup, String url, Duration takeOver, Function<String, ClientPlace> places, int processes) {
        this.setup = setup;
        this.url = url;
        this.takeOver = takeOver;
        this.places = places;
        for (int i = 0; i < processes; i++) {
            begin();
        }
    }

    /** One more process. */
    void begin() {
        String name = "p" + processes.size();
        ClientPlace place = places.apply(name);
        processes.put(
                name, ChildProcess.start(place.environment(), FaultWorker.class, setup.arguments(place.url(), name)));
    }

    private void update() {
        processes.forEach((name, process) -> {
            // First: what is told meanwhile is read the next time.
            int lines = process.lines();
            int from = read.getOrDefault(name, 0);
            for (String line : from == lines ? List.<String>of() : process.answersBetween(from, lines)) {
                events.add(Event.parse(name, line));
            }
            read.put(name, lines);
        });
    }

    private Event await(String what, Duration atMost, Predicate<Event> wanted) {
        Event[] found = new Event[1];
        int[] looked = new int[1];
        try {
            Patience.await(what, atMost).until(() -> {
                update();
                while (found[0] == null && looked[0] < events.size()) {
                    Event event = events.get(looked[0]++);
                    if (wanted.test(event)) {
                        found[0] = event;
                    }
                }
                return found[0] != null;
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("waited in vain for " + what + "; now " + System.nanoTime() + state(), e);
        }
        return found[0];
    }

    /** What each process told last. */
    private String state() {
        StringBuilder state = new StringBuilder();
        processes.forEach((name, process) -> {
            List<Event> told = events.stream()
                    .filter(event -> event.process().equals(name))
                    .toList();
            state.append("\n").append(name).append(process.isAlive() ? ": " : ", killed: ");
            told.subList(Math.max(0, told.size() - SHOWN), told.size())
                    .forEach(event -> state.append(event.kind())
                            .append(' ')
                            .append(event.token())
                            .append(" at ")
                            .append(event.nanos())
                            .append("; "));
            state.append("printed last: ").append(process.lastLine());
        });
        return state.toString();
    }

    /** Waits for the first who knew to own. */
    Event awaitOwner() {
        return await("an owner", takeOver, event -> event.kind() == Kind.ACQUIRED);
    }

    /** Waits for the first who knew to own after this one did: on a busy machine that may have been before its fault. */
    Event awaitOwnerAfter(Event owner) {
        return await("the next owner after " + owner, takeOver, event -> isOwnerAfter(owner, event));
    }

    private static boolean isOwnerAfter(Event owner, Event event) {
        return event.kind() == Kind.ACQUIRED && event.nanos() - owner.nanos() > 0;
    }

    /** Waits for a write that was taken after this moment. */
    Event awaitWriteAfter(long nanos) {
        return await("a write of an owner", takeOver, event -> event.kind() == Kind.WROTE && event.nanos() - nanos > 0);
    }

    /** Waits for an owner that has written, and answers it. */
    Event awaitWorkingOwner() {
        long token = awaitWriteAfter(System.nanoTime()).token();
        return await(
                "the owner that wrote", takeOver, event -> event.kind() == Kind.ACQUIRED && event.token() == token);
    }

    Event awaitLoss(Event lost) {
        return await(
                "the notice of the loss",
                takeOver,
                event -> event.kind() == Kind.LOST
                        && event.token() == lost.token()
                        && event.process().equals(lost.process()));
    }

    /** Waits until the target has refused a write of this owner. */
    Event awaitStale(Event owner) {
        return await(
                "the refusal of a stale write",
                takeOver,
                event -> event.kind() == Kind.STALE && event.token() == owner.token());
    }

    /** Whether this owner is followed, as far as is known. */
    boolean isFollowed(Event owner) {
        update();
        return events.stream().anyMatch(event -> isOwnerAfter(owner, event));
    }

    ChildProcess process(Event of) {
        ChildProcess process = processes.get(of.process());
        if (process == null) {
            throw new IllegalStateException("no process " + of.process());
        }
        return process;
    }

    OwnershipHistory history() {
        update();
        return new OwnershipHistory(events);
    }

    /** Kills the processes, and removes what they left. */
    @Override
    public void close() {
        processes.values().forEach(ChildProcess::close);
        try (Store store = Store.open(url)) {
            for (String directory :
                    Await.read(store.directories(setup.namespace()), Patience.deadline(), "list directories")) {
                Commit.Builder deletes = Commit.in(directory);
                store.list(directory, Patience.deadline()).names().stream()
                        .limit(store.limits().commitChanges())
                        .forEach(deletes::delete);
                store.commit(deletes.build(), Patience.deadline());
            }
        } catch (MusterException e) {
            // It lies in a random place, and may stay.
            System.err.println("could not remove " + setup.namespace() + ": " + e.getMessage());
        }
    }
}
