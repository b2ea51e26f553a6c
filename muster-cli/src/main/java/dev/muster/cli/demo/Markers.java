package dev.muster.cli.demo;

import dev.muster.coordination.Coordinator;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the processes of a demo tell each other besides their work, each once: entries of one directory. So the scenes
 * follow one another by what has happened, and not by time.
 */
final class Markers implements AutoCloseable {

    /** By the parent: all are there, begin. */
    static final String START = "start";

    /** By the parent: the second half of the files may be worked on. */
    static final String OPEN = "open";

    /** By the parent: whoever is about to record this file first shall wait in the middle of it. */
    static final String HOLD = "hold";

    /** By the worker that waits: its id and its token. */
    static final String HELD = "held";

    /** By the parent: it may go on. */
    static final String RELEASE = "release";

    /** By a worker whose late write was refused, its id behind: its token, and the greater one. */
    static final String REFUSED = "refused-";

    /** By the worker that was held and whose write was not refused, its id behind. */
    static final String ACCEPTED = "accepted-";

    /** By the parent: the end. */
    static final String DONE = "done";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Coordinator coordinator;
    private final String directory;
    private final Runnable onChange;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private final Watch watch;

    Markers(Coordinator coordinator, String directory, Runnable onChange) {
        this.coordinator = coordinator;
        this.directory = directory;
        this.onChange = onChange;
        WatchListener listener = this::onEvent;
        this.watch = coordinator.store().watch(directory, WatchOptions.ALL, listener);
    }

    private void onEvent(WatchEvent event) {
        List<Entry> entries = event instanceof WatchEvent.Listed listed
                ? listed.listing().entries()
                : ((WatchEvent.Changed) event).puts();
        entries.forEach(entry -> known.put(entry.name(), entry.value().utf8()));
        onChange.run();
    }

    /** Sets a marker. The first to do so wins: answers whether this did. */
    boolean set(String name, String... values) {
        String value = String.join(" ", values);
        boolean first = coordinator
                .store()
                .commit(
                        Commit.in(directory)
                                .absent(name)
                                .put(name, Bytes.utf8(value))
                                .build(),
                        PATIENCE)
                .isApplied();
        if (first) {
            known.put(name, value);
        }
        return first;
    }

    boolean has(String name) {
        return known.containsKey(name);
    }

    /** The values that the marker was set with; empty while it is not. */
    Optional<String[]> values(String name) {
        return Optional.ofNullable(known.get(name)).map(value -> value.split(" ", -1));
    }

    @Override
    public void close() {
        watch.close();
    }
}
