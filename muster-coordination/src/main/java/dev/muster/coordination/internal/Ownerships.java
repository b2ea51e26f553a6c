package dev.muster.coordination.internal;

import dev.muster.coordination.ownership.Loss;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All that a coordinator owns at present. Ends them with their session; and gives each that lasts a watch of its own
 * entry, so that one that is held but for a moment costs none.
 */
public final class Ownerships {

    /** An ownership is watched once it has lasted between one and two of these. */
    static final Duration SWEEP = Duration.ofMillis(100);

    private final Scheduler scheduler;
    private final Set<Owned> owned = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean sweeping = new AtomicBoolean();

    Ownerships(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void add(Owned ownership) {
        owned.add(ownership);
        if (sweeping.compareAndSet(false, true)) {
            scheduler.after(SWEEP, this::sweep);
        }
        if (ownership.session().state().isFinal()) {
            ownership.lose(Loss.SESSION_LOST);
        }
    }

    void remove(Owned ownership) {
        owned.remove(ownership);
    }

    void sessionEnded(Session session) {
        owned.forEach(ownership -> {
            if (ownership.session() == session) {
                ownership.lose(Loss.SESSION_LOST);
            }
        });
    }

    private void sweep() {
        sweeping.set(false);
        owned.forEach(Owned::swept);
        if (owned.stream().anyMatch(Owned::isUnwatched) && sweeping.compareAndSet(false, true)) {
            scheduler.after(SWEEP, this::sweep);
        }
    }

    /** Ends all as given up: their session is about to be closed. */
    void closing() {
        owned.forEach(Owned::givenUp);
    }
}
