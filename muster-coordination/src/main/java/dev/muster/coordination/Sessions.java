package dev.muster.coordination;

import dev.muster.coordination.internal.Scope;
import dev.muster.store.Await;
import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.TimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one started coordinator: the first, and another in the place of each that is lost. */
final class Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final Duration REOPEN = Duration.ofMillis(200);

    private final Scope scope;
    private final CoordinatorOptions options;
    private final List<SessionListener> listeners;
    private final AtomicReference<String> lastFailure = new AtomicReference<>("");

    Sessions(Scope scope, CoordinatorOptions options, List<SessionListener> listeners) {
        this.scope = scope;
        this.options = options;
        this.listeners = listeners;
    }

    /** Opens the first. One that comes after the time for it is closed. */
    CompletableFuture<Void> open() {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Cancellable timer = scope.scheduler()
                .after(
                        options.operationTimeout(),
                        () -> begun.completeExceptionally(new TimeoutException("Could not open a session at the "
                                + scope.store().engine()
                                + " store within " + options.operationTimeout()
                                + ". Check that the store is reachable, or allow more time.")));
        scope.store().openSession(options.session()).whenComplete((session, failure) -> {
            timer.cancel();
            if (failure != null) {
                begun.completeExceptionally(Await.cause(failure));
            } else if (begun.isDone() || !take(session) || !begun.complete(null)) {
                session.closeAsync();
            }
        });
        return begun;
    }

    private boolean take(Session session) {
        if (!scope.enter(session)) {
            return false;
        }
        session.listen(new SessionListener() {
            @Override
            public void onState(Session.State state) {
                try {
                    tell(listener -> listener.onState(state));
                } finally {
                    if (state == Session.State.LOST && options.rejoin()) {
                        reopen();
                    }
                }
            }

            @Override
            public void onFailure(MusterException failure) {
                tell(listener -> listener.onFailure(failure));
            }
        });
        return true;
    }

    /** Opens another session in the place of the lost one, until that works or the coordinator is closed. */
    private void reopen() {
        if (scope.isClosed()) {
            return;
        }
        scope.store().openSession(options.session()).whenComplete((session, failure) -> {
            if (failure != null) {
                told(Await.cause(failure));
                scope.scheduler().after(REOPEN, this::reopen);
            } else if (take(session)) {
                lastFailure.set("");
                tell(listener -> listener.onState(Session.State.CONNECTED));
            } else {
                session.closeAsync();
            }
        });
    }

    /** Once for a row of failures of the same kind: an outage may last. */
    private void told(Throwable failure) {
        if (lastFailure
                .getAndSet(failure.getClass().getName())
                .equals(failure.getClass().getName())) {
            LOG.debug("member {}: still no new session: {}", options.memberId(), failure.getMessage());
        } else {
            LOG.warn(
                    "member {}: no new session yet, trying again each {} ms: {}",
                    options.memberId(),
                    REOPEN.toMillis(),
                    failure.getMessage());
        }
    }

    /** What one listener throws must keep neither the others from being told nor the member from coming back. */
    private void tell(Consumer<SessionListener> event) {
        for (SessionListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Exception e) {
                LOG.warn("a session listener of member {} threw", options.memberId(), e);
            }
        }
    }
}
