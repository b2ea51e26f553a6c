package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.DirectoryState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener that keeps what it was told, follows it, and notes every breach of the rules that all watches keep. */
public final class WatchRecorder implements WatchListener, AutoCloseable {

    private final DirectoryState view = new DirectoryState();
    private final List<WatchEvent> events = new ArrayList<>();
    private final List<String> breaches = new ArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final Consumer<Listing> onState;
    private long last = -1;
    private @Nullable MusterException end;
    private volatile @Nullable Watch watch;

    public WatchRecorder() {
        this(state -> {});
    }

    /** One that watches the whole directory. */
    public static WatchRecorder of(Store store, String directory) {
        return of(store, directory, WatchOptions.ALL);
    }

    /** One that watches as given. */
    static WatchRecorder of(Store store, String directory, WatchOptions options) {
        WatchRecorder recorder = new WatchRecorder();
        recorder.closesWith(store.watch(directory, options, recorder));
        return recorder;
    }

    /** @param onState called with the state after each event, on the watch's thread: what it throws is a breach */
    public WatchRecorder(Consumer<Listing> onState) {
        this.onState = onState;
    }

    /** Names the watch that {@link #close} shall end. */
    public void closesWith(Watch running) {
        watch = running;
    }

    @Override
    public void onEvent(WatchEvent event) {
        if (inside.incrementAndGet() > 1) {
            breach("two calls at the same time", event);
        }
        try {
            record(event);
            // Outside the monitor: it may block, and the recorder must be readable meanwhile.
            onState.accept(view());
        } catch (AssertionError | RuntimeException e) {
            breach(e.toString(), event);
        } finally {
            inside.decrementAndGet();
        }
    }

    private synchronized void record(WatchEvent event) {
        if (event instanceof WatchEvent.Listed listed) {
            checkListed(listed);
        } else {
            checkChanged((WatchEvent.Changed) event);
        }
        last = event.revision();
        events.add(event);
        view.follow(event);
    }

    private void checkListed(WatchEvent.Listed listed) {
        if (listed.fresh() == events.isEmpty()) {
            breach("a listing is fresh exactly if it is not the first event", listed);
        }
        if (listed.revision() < last) {
            breach("a listing is older than what came before, " + last, listed);
        }
        checkEntries(listed.listing().entries(), listed);
        for (Entry entry : listed.listing().entries()) {
            checkNotOlder(entry, listed);
        }
    }

    private void checkChanged(WatchEvent.Changed changed) {
        if (events.isEmpty()) {
            breach("the first event is no listing", changed);
        }
        if (changed.revision() <= last) {
            breach("a change is not newer than what came before, " + last, changed);
        }
        if (changed.puts().isEmpty() && changed.removals().isEmpty()) {
            breach("a change that changes nothing", changed);
        }
        checkEntries(changed.puts(), changed);
        for (Entry put : changed.puts()) {
            checkNotOlder(put, changed);
        }
    }

    private void checkEntries(List<Entry> entries, WatchEvent event) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.created() > entry.modified() || entry.modified() > event.revision()) {
                breach("not created <= modified <= revision of the event: " + entry, event);
            }
            if (i > 0 && Entry.CREATION_ORDER.compare(entries.get(i - 1), entry) >= 0) {
                breach("not in order of creation: " + entries.get(i - 1) + ", " + entry, event);
            }
        }
    }

    private void checkNotOlder(Entry told, WatchEvent event) {
        Entry known = view.get(told.name());
        if (known != null && (told.created() < known.created() || told.modified() < known.modified())) {
            breach("goes back from " + known + " to " + told, event);
        }
    }

    private synchronized void breach(String what, WatchEvent event) {
        breaches.add(what + " (event " + events.size() + ", " + event + ")");
    }

    @Override
    public synchronized void onEnd(MusterException cause) {
        end = cause;
    }

    /** What the events so far add up to. */
    public synchronized Listing view() {
        return view.listing();
    }

    public synchronized List<WatchEvent> events() {
        return List.copyOf(events);
    }

    /** Why the watch ended by itself, or null. */
    public synchronized @Nullable MusterException end() {
        return end;
    }

    /** Waits for the first listing. */
    public WatchRecorder awaitListed() {
        Patience.await("the first listing of a watch")
                .untilAsserted(() -> assertThat(events()).isNotEmpty());
        return this;
    }

    /** Waits until the view holds these names, in this order. */
    public void awaitNames(String... names) {
        Patience.await("the names that a watch shows")
                .untilAsserted(() -> assertThat(view().names()).containsExactly(names));
        verify();
    }

    /** Waits until the view is what the directory now holds. */
    public void awaitStateOf(Store store, String directory) {
        Patience.await("a watch that shows the present state")
                .untilAsserted(() -> assertThat(view().entries())
                        .isEqualTo(store.list(directory, Patience.deadline()).entries()));
        verify();
    }

    /** Fails where the watch broke a rule. */
    public synchronized void verify() {
        assertThat(breaches).as("breaches of the rules of a watch").isEmpty();
    }

    @Override
    public void close() {
        Watch running = watch;
        if (running != null) {
            running.close();
        }
    }
}
