package dev.muster.coordination.testkit.faults;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.coordination.testkit.faults.OwnershipHistory.Kind;
import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.Store;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Processes that want the same, and what they have told so far. */
final class FaultRun implements AutoCloseable {

    private final FaultSetup setup;
    private final Duration takeOver;
    private final Map<String, ChildProcess> processes = new LinkedHashMap<>();
    private final Map<String, Integer> read = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();

    /** @param takeOver the longest that it may take until a lost owner is followed */
    FaultRun(FaultSetup setup, Duration takeOver, int processes) {
        this.setup = setup;
        this.takeOver = takeOver;
        for (int i = 0; i < processes; i++) {
            begin();
        }
    }

    /** One more process. */
    void begin() {
        String name = "p" + processes.size();
        processes.put(name, ChildProcess.start(FaultWorker.class, setup.arguments(name)));
    }

    private void update() {
        processes.forEach((name, process) -> {
            List<String> told = process.answersSoFar();
            told.subList(read.getOrDefault(name, 0), told.size()).forEach(line -> events.add(Event.parse(name, line)));
            read.put(name, told.size());
        });
    }

    private Optional<Event> find(Predicate<Event> wanted) {
        update();
        return events.stream().filter(wanted).findFirst();
    }

    private Event await(String what, Duration atMost, Predicate<Event> wanted) {
        Event[] found = new Event[1];
        Patience.await(what, atMost).until(() -> {
            Optional<Event> now = find(wanted);
            now.ifPresent(event -> found[0] = event);
            return now.isPresent();
        });
        return found[0];
    }

    /** Waits for the first owner whose token is above this. */
    Event awaitOwnerAfter(long token) {
        return await(
                "an owner after that of token " + token,
                takeOver,
                event -> event.kind() == Kind.ACQUIRED && event.token() > token);
    }

    /** Waits for a write that was taken after this moment. */
    Event awaitWriteAfter(long nanos) {
        return await("a write of an owner", takeOver, event -> event.kind() == Kind.WROTE && event.nanos() > nanos);
    }

    Event awaitLoss(Event owner) {
        return await(
                "the notice of the loss",
                takeOver,
                event -> event.kind() == Kind.LOST
                        && event.token() == owner.token()
                        && event.process().equals(owner.process()));
    }

    /** The owner with the greatest token so far. */
    Event owner() {
        update();
        return events.stream()
                .filter(event -> event.kind() == Kind.ACQUIRED)
                .max(Comparator.comparingLong(Event::token))
                .orElseThrow();
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
        try (Store store = Store.open(setup.url())) {
            for (String directory :
                    Await.read(store.directories(setup.namespace()), Patience.deadline(), "list directories")) {
                Commit.Builder deletes = Commit.in(directory);
                store.list(directory, Patience.deadline()).names().stream()
                        .limit(store.limits().commitChanges())
                        .forEach(deletes::delete);
                store.commit(deletes.build(), Patience.deadline());
            }
        }
    }
}
