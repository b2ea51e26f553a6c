package dev.muster.coordination;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Receives events so that a thread of the user's own can take them when it likes: for those who would rather pull. Pass
 * it wherever a listener is wanted. Thread-safe; unbounded, so take what comes.
 *
 * @param <E> the type of the events
 */
public final class Inbox<E> implements Consumer<E> {

    private final BlockingQueue<E> events = new LinkedBlockingQueue<>();

    @Override
    public void accept(E event) {
        events.add(event);
    }

    /** The next event, waiting at most so long; empty where none came or the thread was interrupted (and stays so). */
    public Optional<E> poll(Duration timeout) {
        try {
            return Optional.ofNullable(events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** All that have come and were not taken yet, oldest first. */
    public List<E> drain() {
        List<E> all = new ArrayList<>();
        events.drainTo(all);
        return all;
    }
}
