package dev.muster.store.testkit;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The states that the applied commits of a history led through. A place among them is the number of commits applied up
 * to it.
 */
final class Replay {

    private final List<String> breaches = new ArrayList<>();
    private final List<Map<String, Entry>> states = new ArrayList<>(List.of(new LinkedHashMap<>()));
    private final TreeMap<Long, Integer> places = new TreeMap<>(Map.of(0L, 0));

    List<String> breaches() {
        return breaches;
    }

    void apply(Operation operation) {
        Commit commit = Objects.requireNonNull(operation.commit());
        Map<String, Entry> before = states.get(states.size() - 1);
        for (Guard guard : commit.guards()) {
            if (!holds(guard, before)) {
                breaches.add("applied although " + guard + " did not hold: " + operation + " after " + before);
            }
        }
        if (places.put(operation.applied(), states.size()) != null) {
            breaches.add("a revision given out twice: " + operation);
        }
        states.add(after(before, commit.changes(), operation.applied()));
    }

    private static Map<String, Entry> after(Map<String, Entry> before, List<Change> changes, long revision) {
        Map<String, Entry> after = new LinkedHashMap<>(before);
        List<Entry> created = new ArrayList<>();
        for (Change change : changes) {
            Entry old = before.get(change.name());
            if (change instanceof Change.Delete) {
                after.remove(change.name());
            } else if (change instanceof Change.Put put && old != null) {
                after.put(put.name(), new Entry(put.name(), put.value(), old.created(), revision, old.ownerId()));
            } else if (change instanceof Change.Put put) {
                created.add(new Entry(put.name(), put.value(), revision, revision, null));
            } else if (change instanceof Change.Append append) {
                created.add(new Entry(append.name(), append.value(), revision, revision, null));
            }
        }
        created.sort(Entry.CREATION_ORDER);
        created.forEach(entry -> after.put(entry.name(), entry));
        return after;
    }

    private static boolean holds(Guard guard, Map<String, Entry> state) {
        Entry entry = state.get(guard.name());
        if (entry == null || guard instanceof Guard.Absent) {
            return entry == null && guard instanceof Guard.Absent;
        }
        return guard instanceof Guard.At at
                ? entry.modified() == at.revision()
                : !(guard instanceof Guard.Created created) || entry.created() == created.revision();
    }

    private int placeOf(long revision) {
        return places.floorEntry(revision).getValue();
    }

    void checkSeen(Operation operation, Listing seen) {
        Map<String, Entry> state = states.get(placeOf(seen.revision()));
        if (!seen.entries().equals(List.copyOf(state.values()))) {
            breaches.add("seen at " + seen.revision() + " was " + seen.entries() + " but the commits up to it make "
                    + state.values() + ": " + operation);
        }
        if (operation.applied() > seen.revision()) {
            breaches.add("a commit answered a state older than itself: " + operation);
        }
    }

    /** Sweeps in order of time, with the furthest place that an operation which has ended bears witness of. */
    void checkTime(Collection<Operation> operations) {
        List<Operation> starts = new ArrayList<>(operations);
        starts.sort(Comparator.comparingLong(Operation::start));
        List<Operation> ends = new ArrayList<>(operations);
        ends.sort(Comparator.comparingLong(Operation::end));
        int ended = 0;
        int furthest = 0;
        for (Operation operation : starts) {
            while (ends.get(ended).end() < operation.start()) {
                furthest = Math.max(furthest, latest(ends.get(ended++)));
            }
            checkPlace(operation, furthest, ends);
        }
    }

    private void checkPlace(Operation operation, int furthest, List<Operation> ends) {
        if (operation.applied() > 0 && placeOf(operation.applied()) <= furthest) {
            breaches.add("applied before something that had ended when it began, place " + furthest + ": " + operation);
        }
        Listing seen = operation.seen();
        if (seen != null && placeOf(seen.revision()) < furthest) {
            breaches.add("saw a state older than one known when it began, place " + furthest + ": " + operation);
        }
        Guard refusedBy = operation.refusedBy();
        if (refusedBy != null && !refusable(refusedBy, furthest, seen, operation, ends)) {
            breaches.add("refused although " + refusedBy + " held all the time: " + operation);
        }
    }

    private boolean refusable(
            Guard guard, int from, @Nullable Listing seen, Operation operation, List<Operation> ends) {
        int to = seen != null ? placeOf(seen.revision()) : states.size() - 1;
        if (seen == null) {
            for (Operation other : ends) {
                if (other.start() > operation.end() && other.applied() > 0) {
                    to = Math.min(to, placeOf(other.applied()) - 1);
                }
            }
        }
        for (int place = from; place <= to; place++) {
            if (!holds(guard, states.get(place))) {
                return true;
            }
        }
        return false;
    }

    private int latest(Operation operation) {
        int place = operation.applied() > 0 ? placeOf(operation.applied()) : 0;
        Listing seen = operation.seen();
        return seen == null ? place : Math.max(place, placeOf(seen.revision()));
    }
}
