package dev.muster.store.spi;

import dev.muster.store.Cancellable;
import dev.muster.store.MusterException;
import dev.muster.store.Session.State;
import dev.muster.store.SessionListener;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of a session and those who are told of it: one serial executor a session, final states stay. */
public final class SessionLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SessionLifecycle.class);

    private final String sessionId;
    private final Executor serial;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();

    /** What is to be told, in the order of the moves: filled under the monitor, emptied on the serial executor. */
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();

    private volatile State state = State.CONNECTED;
    private volatile @Nullable String lastFailure;

    public SessionLifecycle(String sessionId, Executor executor) {
        this.sessionId = sessionId;
        this.serial = new SerialExecutor(executor);
    }

    public State state() {
        return state;
    }

    /** Moves to the state and tells the listeners, unless it is there already or in a final one. */
    public boolean move(State to) {
        List<SessionListener> told;
        synchronized (this) {
            if (state == to || state.isFinal()) {
                return false;
            }
            state = to;
            told = List.copyOf(listeners);
            told.forEach(listener -> news.add(() -> tell(listener, to)));
        }
        if (to == State.CONNECTED) {
            lastFailure = null;
        }
        told.forEach(listener -> tellNext());
        return true;
    }

    /** Tells and logs a failure in the background, once for a row of the same kind. */
    public void failed(MusterException failure) {
        String kind = failure.getClass().getName();
        if (kind.equals(lastFailure)) {
            return;
        }
        lastFailure = kind;
        LOG.warn("session {}: {}", sessionId, failure.getMessage());
        for (SessionListener listener : listeners) {
            news.add(() -> tell(listener, failure));
            tellNext();
        }
    }

    public Cancellable listen(SessionListener listener) {
        synchronized (this) {
            listeners.add(listener);
            State seen = state;
            if (!seen.isFinal()) {
                return () -> listeners.remove(listener);
            }
            news.add(() -> tell(listener, seen));
        }
        tellNext();
        return () -> listeners.remove(listener);
    }

    private void tellNext() {
        serial.execute(() -> {
            Runnable next = news.poll();
            if (next != null) {
                next.run();
            }
        });
    }

    private void tell(SessionListener listener, State state) {
        if (!listeners.contains(listener)) {
            return;
        }
        try {
            listener.onState(state);
        } catch (Exception e) {
            LOG.warn("a session listener threw; the next ones are still told", e);
        }
    }

    private static void tell(SessionListener listener, MusterException failure) {
        try {
            listener.onFailure(failure);
        } catch (Exception e) {
            LOG.warn("a session listener threw; the next ones are still told", e);
        }
    }
}
