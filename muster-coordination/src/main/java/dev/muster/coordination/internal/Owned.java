package dev.muster.coordination.internal;

import dev.muster.coordination.ownership.FencingToken;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Ownership;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An ownership that is one entry of one directory: it lasts as long as that incarnation of the entry. */
public abstract class Owned implements Ownership {

    private static final Logger LOG = LoggerFactory.getLogger(Owned.class);

    private enum State {
        HELD,
        /** The entry is gone; it is being found out why. */
        GONE,
        GIVEN_UP,
        LOST
    }

    protected final Scope scope;
    protected final String directory;
    protected final String entry;
    private final Session session;
    private final long created;

    private volatile State state = State.HELD;
    private @Nullable Loss loss;
    private @Nullable List<Consumer<Loss>> listeners;
    private @Nullable CompletableFuture<Release> releasing;
    private @Nullable Watch watch;
    private boolean sweptBefore;

    protected Owned(Scope scope, Session session, String directory, String entry, long created) {
        this.scope = scope;
        this.session = session;
        this.directory = directory;
        this.entry = entry;
        this.created = created;
    }

    /** To be called once the object is whole. */
    protected final void begin() {
        scope.ownerships().add(this);
    }

    /** What it is in a sentence, for instance "lock orders". */
    protected abstract String what();

    /** The commit that gives it up, guarded so that it touches no other incarnation. */
    protected Commit giveUp() {
        return Commit.in(directory).created(entry, created).delete(entry).build();
    }

    /** Told once that it has ended: lost, or, without a cause, given up. */
    protected void onEnd(@Nullable Loss loss) {}

    /** Told what became of the commit that gave it up; null where it failed for good, as after the session's end. */
    protected void onGivenUp(@Nullable CommitResult result) {}

    /** Told, on the watch's executor, of a new value of the own entry. */
    protected void onPut(Entry own) {}

    /** Of the entry, not of the identity: the order in which ownerships end must be the same in every run of a seed. */
    @Override
    public final int hashCode() {
        return entry.hashCode();
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return this == other;
    }

    public final Session session() {
        return session;
    }

    /** The revision that created the own entry. */
    protected final long created() {
        return created;
    }

    @Override
    public FencingToken token() {
        return new FencingToken(created);
    }

    @Override
    public boolean isValid() {
        return state == State.HELD && session.mayOwn();
    }

    @Override
    public Cancellable onLost(Consumer<Loss> listener) {
        Loss lost;
        synchronized (this) {
            lost = loss;
            if (lost == null) {
                if (listeners == null) {
                    listeners = new CopyOnWriteArrayList<>();
                }
                listeners.add(listener);
            }
        }
        if (lost != null) {
            tell(listener, lost);
        } else {
            watchOwnEntry();
        }
        return () -> forget(listener);
    }

    private synchronized void forget(Consumer<Loss> listener) {
        if (listeners != null) {
            listeners.remove(listener);
        }
    }

    @Override
    public CompletableFuture<Release> releaseAsync() {
        CompletableFuture<Release> released = new CompletableFuture<>();
        synchronized (this) {
            if (releasing != null) {
                return releasing.thenApply(done -> Release.ALREADY_LOST);
            }
            if (state != State.HELD) {
                return CompletableFuture.completedFuture(Release.ALREADY_LOST);
            }
            state = State.GIVEN_UP;
            releasing = released;
        }
        forgotten();
        onEnd(null);
        // Repeated until the store has confirmed: an entry left behind would keep everybody else out.
        scope.commits().commit(this::giveUp, Long.MAX_VALUE).whenComplete((result, failure) -> {
            onGivenUp(result);
            if (failure == null) {
                released.complete(result.isApplied() ? Release.RELEASED : Release.ALREADY_LOST);
            } else if (session.state().isFinal()) {
                released.complete(Release.ALREADY_LOST);
            } else {
                released.completeExceptionally(failure);
            }
        });
        return released;
    }

    @Override
    public Release release() {
        return scope.join(scope.standingBy(this::releaseAsync), "release " + what());
    }

    @Override
    public void close() {
        try {
            release();
        } catch (MusterException e) {
            LOG.warn("releasing {} was not confirmed; it goes on in the background: {}", what(), e.getMessage());
        }
    }

    /** Ends it as lost, once, and tells the listeners. */
    final void lose(Loss cause) {
        List<Consumer<Loss>> told;
        synchronized (this) {
            if (state != State.HELD && state != State.GONE) {
                return;
            }
            state = State.LOST;
            loss = cause;
            told = listeners == null ? List.of() : List.copyOf(listeners);
        }
        forgotten();
        onEnd(cause);
        told.forEach(listener -> tell(listener, cause));
    }

    /** Ends it as given up, for subclasses that did so in a commit of their own. */
    protected final void givenUp() {
        synchronized (this) {
            if (state != State.HELD) {
                return;
            }
            state = State.GIVEN_UP;
        }
        forgotten();
        onEnd(null);
    }

    /** Ends it as taken away, for subclasses that learn so from the value of their entry or from elsewhere. */
    protected final void takenAway() {
        lose(Loss.TAKEN_AWAY);
    }

    private void tell(Consumer<Loss> listener, Loss cause) {
        scope.scheduler().executor().execute(() -> {
            try {
                listener.accept(cause);
            } catch (Exception e) {
                LOG.warn("a listener for the loss of {} threw", what(), e);
            }
        });
    }

    private void forgotten() {
        scope.ownerships().remove(this);
        Watch running;
        synchronized (this) {
            running = watch;
            watch = null;
        }
        if (running != null) {
            running.close();
        }
    }

    /** Told at each sweep: at the second one it has lasted long enough to be worth a watch. */
    final void swept() {
        boolean lasting;
        synchronized (this) {
            lasting = sweptBefore;
            sweptBefore = true;
        }
        if (lasting) {
            watchOwnEntry();
        }
    }

    final synchronized boolean isUnwatched() {
        return watch == null && state == State.HELD;
    }

    /** Begins to watch the own entry, unless it is watched already. */
    private void watchOwnEntry() {
        if (!isUnwatched()) {
            return;
        }
        Watch started = scope.store().watch(directory, WatchOptions.names(entry), this::onEvent);
        Watch surplus = started;
        synchronized (this) {
            if (watch == null && state == State.HELD) {
                watch = started;
                surplus = null;
            }
        }
        if (surplus != null) {
            surplus.close();
        }
    }

    private void onEvent(WatchEvent event) {
        if (event.revision() < created) {
            return;
        }
        Entry own = null;
        if (event instanceof WatchEvent.Listed listed) {
            own = listed.listing().find(entry).orElse(null);
        } else if (event instanceof WatchEvent.Changed changed) {
            own = changed.puts().isEmpty() ? null : changed.puts().get(0);
        }
        if (own == null || own.created() != created) {
            gone();
        } else {
            onPut(own);
        }
    }

    /**
     * A watch may tell that the entry is gone before the session is known to have ended: the store knows. It is asked
     * until it answers, or the session is known to have ended: what was lost with the session may be made again.
     */
    private void gone() {
        synchronized (this) {
            if (state != State.HELD) {
                return;
            }
            state = State.GONE;
        }
        if (session.state().isFinal()) {
            lose(Loss.SESSION_LOST);
            return;
        }
        scope.commits()
                .commit(
                        () -> Commit.in(directory)
                                .as(session)
                                .created(entry, created)
                                .build(),
                        Long.MAX_VALUE)
                .whenComplete((result, failure) -> lose(
                        session.state().isFinal() || Await.cause(failure) instanceof SessionLostException
                                ? Loss.SESSION_LOST
                                : Loss.TAKEN_AWAY));
    }
}
