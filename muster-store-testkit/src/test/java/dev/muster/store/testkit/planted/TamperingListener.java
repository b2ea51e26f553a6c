package dev.muster.store.testkit.planted;

import dev.muster.store.Entry;
import dev.muster.store.MusterException;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Passes a watch's events on, each a little wrong in the way of one fault. */
final class TamperingListener implements WatchListener {

    private final WatchListener listener;
    private final Fault fault;
    private final Map<String, Long> created = new HashMap<>();
    private WatchEvent held;
    private int count;

    TamperingListener(WatchListener listener, Fault fault) {
        this.listener = listener;
        this.fault = fault;
    }

    @Override
    public void onEvent(WatchEvent event) {
        count++;
        if (event instanceof WatchEvent.Changed changed) {
            switch (fault) {
                case TELLS_CHANGES_OUT_OF_ORDER -> swap(event);
                case DROPS_A_CHANGE -> {
                    if (count % 17 != 0) {
                        listener.onEvent(event);
                    }
                }
                case DROPS_THE_LAST_CHANGE -> late(event);
                case HIDES_A_REPLACEMENT -> listener.onEvent(withoutReplacement(changed));
                default -> listener.onEvent(event);
            }
        } else {
            ((WatchEvent.Listed) event)
                    .listing()
                    .entries()
                    .forEach(entry -> created.put(entry.name(), entry.created()));
            listener.onEvent(event);
        }
    }

    /** Every tenth change comes after the next. */
    private void swap(WatchEvent event) {
        if (held == null && count % 10 == 0) {
            held = event;
            return;
        }
        listener.onEvent(event);
        if (held != null) {
            listener.onEvent(held);
            held = null;
        }
    }

    /** Each change is told when the next one comes. */
    private void late(WatchEvent event) {
        if (held != null) {
            listener.onEvent(held);
        }
        held = event;
    }

    private WatchEvent.Changed withoutReplacement(WatchEvent.Changed changed) {
        List<Entry> puts = new ArrayList<>();
        for (Entry put : changed.puts()) {
            long first = created.computeIfAbsent(put.name(), name -> put.created());
            puts.add(new Entry(put.name(), put.value(), first, put.modified(), put.ownerId()));
        }
        return new WatchEvent.Changed(changed.revision(), puts, changed.removals());
    }

    @Override
    public void onEnd(MusterException cause) {
        listener.onEnd(cause);
    }
}
