package dev.muster.coordination.testkit.faults;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import dev.muster.store.Nonce;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.ClientPlace;
import dev.muster.store.testkit.DirectoryFleet;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/**
 * The store that faults are made around.
 *
 * @param lease the time-out of the processes' sessions, as the engine grants it
 */
record FaultSubject(String url, String engine, Set<Trait> traits, Duration lease) {

    static final int PROCESSES = 3;

    /** What starting processes and a busy machine may add. */
    static final Duration LENIENCE = Duration.ofSeconds(45);

    private static final Duration BRIEF = Duration.ofSeconds(2);

    static FaultSubject of(String url, Function<Store, String> called) {
        try (Store store = Store.open(url)) {
            Duration least = store.limits().minSession();
            return new FaultSubject(
                    url, called.apply(store), store.traits(), least.compareTo(BRIEF) > 0 ? least : BRIEF);
        }
    }

    boolean promises(Trait trait) {
        return traits.contains(trait);
    }

    /** Whether sessions end with their process, at once, and no other way. */
    boolean endsWithItsProcess() {
        return promises(Trait.NON_TIMEOUT_BASED);
    }

    /** Processes that want a lock, or to lead. */
    FaultRun owners(boolean leads, Function<String, ClientPlace> places) {
        return owners(leads, true, places);
    }

    FaultRun owners(boolean leads, boolean fenced, Function<String, ClientPlace> places) {
        FaultSetup setup = new FaultSetup("muster-faults-" + Nonce.next(), lease, leads, fenced);
        return owners(setup, places, PROCESSES);
    }

    FaultRun owners(FaultSetup setup, Function<String, ClientPlace> places, int processes) {
        return new FaultRun(setup, url, lease.multipliedBy(3).plus(LENIENCE), places, processes);
    }

    /** Processes that commit to one directory. */
    DirectoryFleet clients(int count, Function<String, ClientPlace> places) {
        DirectoryFleet fleet = new DirectoryFleet(url, "muster-faults-" + Nonce.next() + "/shared");
        for (int i = 0; i < count; i++) {
            fleet.add(places.apply("c" + i));
        }
        return fleet;
    }

    ClientPlace place() {
        return ClientPlace.at(url);
    }

    /** The time from this moment until the owner after another knew. */
    static Duration from(long nanos, Event owner) {
        return Duration.ofNanos(owner.nanos() - nanos);
    }
}
