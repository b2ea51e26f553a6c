package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Records what clients do to one directory at the same time, and checks that it could have been done one after another.
 *
 * <p>The revisions are the witness of the order, so the check is linear where the search for an order is not: the
 * applied commits are replayed by revision, every guard, listing and snapshot must be true of the state at its place,
 * and no place may contradict real time: what ended before another began comes before it. The directory must be empty
 * at first, be changed by recorded commits alone, and hold no owned entries.
 */
public final class DirectoryHistory {

    private static final int SHOWN = 3;

    private final String directory;
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();

    public DirectoryHistory(String directory) {
        this.directory = directory;
    }

    /** Commits and records; settles what is unknown. Ask for {@link Commit.Reply#ENTRIES} to have more checked. */
    public CommitResult commit(String client, Store store, Commit commit) {
        long start = System.nanoTime();
        try {
            CommitResult result = store.commit(commit, Patience.deadline());
            operations.add(Operation.committed(client, start, System.nanoTime(), commit, result));
            return result;
        } catch (OutcomeUnknownException e) {
            Settlement settlement =
                    Await.read(store.settle(commit), Patience.deadline(), "settle a commit of unknown outcome");
            if (settlement instanceof Settlement.Applied applied) {
                operations.add(Operation.settled(client, start, System.nanoTime(), commit, applied.revision()));
            }
            throw e;
        }
    }

    /** Lists and records. */
    public Listing list(String client, Store store) {
        long start = System.nanoTime();
        Listing seen = store.list(directory, Patience.deadline());
        operations.add(Operation.listed(client, start, System.nanoTime(), seen));
        return seen;
    }

    void add(Operation operation) {
        operations.add(operation);
    }

    /**
     * Checks that the history is in one order: linearizable where the store declares it; else real time binds only what
     * one client did.
     */
    public void verify(Set<Trait> traits) {
        List<String> breaches = breaches(traits.contains(Trait.LINEARIZABLE));
        // The first tell what went wrong; the others follow from it.
        assertThat(breaches.subList(0, Math.min(SHOWN, breaches.size())))
                .as("the first of " + breaches.size() + " breaches of one order of " + operations.size()
                        + " operations")
                .isEmpty();
    }

    int size() {
        return operations.size();
    }

    /** @param keptData false where the store has lost some: then the order of revisions is all that can be checked */
    List<String> breaches(boolean linearizable, boolean keptData) {
        List<String> breaches = new ArrayList<>(revisionsOutOfOrder());
        if (keptData) {
            breaches.addAll(breaches(linearizable));
        }
        return breaches;
    }

    /** Commits of any two clients: what was acknowledged before another began has the lesser revision. */
    private List<String> revisionsOutOfOrder() {
        List<Operation> starts = operations.stream()
                .filter(operation -> operation.applied() > 0)
                .sorted(Comparator.comparingLong(Operation::start))
                .toList();
        List<Operation> ends =
                starts.stream().sorted(Comparator.comparingLong(Operation::end)).toList();
        List<String> breaches = new ArrayList<>();
        Operation latest = null;
        int ended = 0;
        for (Operation operation : starts) {
            while (ends.get(ended).end() < operation.start()) {
                Operation before = ends.get(ended++);
                latest = latest == null || before.applied() > latest.applied() ? before : latest;
            }
            if (latest != null && latest.applied() >= operation.applied()) {
                breaches.add("a revision that is not above that of a commit acknowledged before: " + operation
                        + " after " + latest);
            }
        }
        return breaches;
    }

    List<String> breaches(boolean linearizable) {
        Replay replay = new Replay();
        operations.stream()
                .filter(operation -> operation.applied() > 0)
                .sorted(Comparator.comparingLong(Operation::applied))
                .forEach(replay::apply);
        for (Operation operation : operations) {
            if (operation.seen() != null) {
                replay.checkSeen(operation, operation.seen());
            }
        }
        if (linearizable) {
            replay.checkTime(operations);
        } else {
            Map<String, List<Operation>> byClient = new TreeMap<>();
            operations.forEach(operation -> byClient.computeIfAbsent(operation.client(), one -> new ArrayList<>())
                    .add(operation));
            byClient.values().forEach(replay::checkTime);
        }
        return replay.breaches();
    }
}
