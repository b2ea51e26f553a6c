package dev.muster.store.zookeeper;

import dev.muster.store.Cancellable;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Scheduler;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.WatchFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;

/**
 * Follows one entry for one watch, by ZooKeeper's own watch on its node, which comes with reading it and is used up by the
 * next change: so that whoever waits for one entry hears nothing of the others. Of an entry that is not there the coming is
 * watched a little later, since most that go do not come back.
 *
 * <p>Events of servers before 3.9 carry no zxid. A removal is told without reading, at the revision after the one told last,
 * which is not above its own: nothing else that this watch shows can have changed with it.
 */
final class NodeFollower implements Watcher {

    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofMillis(100);

    private final String directory;
    private final String path;
    private final String name;
    private final Scheduler scheduler;
    private final WatchFeed feed;
    private final WatchedPaths watched;

    /** Who will be answered as soon as the entry is known. */
    private final List<CompletableFuture<Listing>> asked = new ArrayList<>();

    /** All that follows is guarded by this. */
    private @Nullable Handle handle;

    private @Nullable Entry entry;
    private long revision;

    /** Counts the beginnings: answers to what was asked before are of no use. */
    private int attempt;

    private boolean known;
    private boolean wasKnown;
    private boolean reading;
    private boolean changedMeanwhile;
    private boolean watching;
    private boolean closed;
    private @Nullable Cancellable later;

    NodeFollower(
            String directory, String name, Layout layout, Scheduler scheduler, WatchFeed feed, WatchedPaths watched) {
        this.directory = layout.directory(directory);
        this.path = layout.entry(directory, name);
        this.name = name;
        this.scheduler = scheduler;
        this.feed = feed;
        this.watched = watched;
    }

    String path() {
        return path;
    }

    /** Reads anew, through this connection. */
    void restart(Handle through) {
        int mine;
        synchronized (this) {
            if (closed) {
                return;
            }
            forgetConnection();
            handle = through;
            mine = attempt;
            reading = true;
        }
        through.sync(directory).thenAccept(zxid -> syncedTo(through.home().revision(zxid), mine));
        read(through, mine);
    }

    /** Answers nothing until it has read anew: events may have been missed. */
    synchronized void suspend() {
        forgetConnection();
    }

    private void forgetConnection() {
        attempt++;
        known = false;
        reading = false;
        changedMeanwhile = false;
        if (later != null) {
            later.cancel();
            later = null;
        }
    }

    /** Comes before the answer of the read that was sent behind it. */
    private synchronized void syncedTo(long least, int mine) {
        if (mine == attempt) {
            revision = Math.max(revision, least);
        }
    }

    private void read(Handle through, int mine) {
        through.node(path, this).whenComplete((node, failure) -> {
            if (failure == null) {
                answered(through, node, node != Handle.ABSENT, mine);
            } else {
                retry(through, mine);
            }
        });
    }

    private void retry(Handle through, int mine) {
        scheduler.after(RETRY, () -> {
            synchronized (this) {
                // A connection that was lost restarts all when it is back.
                if (mine != attempt || closed || !through.isConnected()) {
                    return;
                }
            }
            restart(through);
        });
    }

    private void answered(Handle through, OpResult node, boolean watches, int mine) {
        boolean again;
        List<CompletableFuture<Listing>> served = List.of();
        Listing listing;
        synchronized (this) {
            if (closed && watches) {
                // The reading was under way when the other watches were let go.
                watched.end(through, path, this);
            }
            if (mine != attempt || closed) {
                return;
            }
            again = changedMeanwhile;
            changedMeanwhile = false;
            watching = watches;
            reading = again;
            if (!again) {
                take(Listings.entry(through.home(), name, node));
                served = List.copyOf(asked);
                asked.clear();
            }
            listing = listing();
        }
        if (again) {
            read(through, mine);
        } else {
            served.forEach(one -> one.complete(listing));
            feed.pump();
        }
    }

    private void take(@Nullable Entry now) {
        boolean first = !known;
        known = true;
        if (first) {
            entry = now;
            revision = now == null ? revision : Math.max(revision, now.modified());
            if (wasKnown) {
                feed.lost();
            }
            wasKnown = true;
        } else if (now != null && now.modified() > revision) {
            entry = now;
            revision = now.modified();
            feed.offer(new WatchEvent.Changed(revision, List.of(now), List.of()));
        } else if (now == null) {
            removed();
        }
        if (now == null && !watching) {
            lookLater();
        }
    }

    private void removed() {
        Entry gone = entry;
        entry = null;
        if (gone != null) {
            revision++;
            feed.offer(
                    new WatchEvent.Changed(revision, List.of(), List.of(new WatchEvent.Removal(name, gone.created()))));
        }
    }

    private Listing listing() {
        return new Listing(revision, entry == null ? List.of() : List.of(entry));
    }

    @Override
    public void process(WatchedEvent event) {
        Handle through;
        int mine;
        synchronized (this) {
            through = handle;
            mine = attempt;
            if (event.getType() == Event.EventType.None || closed || through == null || (!known && !reading)) {
                return;
            }
            watching = false;
            if (reading) {
                changedMeanwhile = true;
                return;
            }
            if (event.getType() == Event.EventType.NodeDeleted) {
                removed();
                lookLater();
            } else {
                reading = true;
            }
        }
        if (event.getType() == Event.EventType.NodeDeleted) {
            feed.pump();
        } else {
            read(through, mine);
        }
    }

    private void lookLater() {
        if (later == null) {
            later = scheduler.after(LATER, this::awaitReturn);
        }
    }

    private void awaitReturn() {
        Handle through;
        int mine;
        synchronized (this) {
            later = null;
            through = handle;
            mine = attempt;
            if (closed || !known || reading || entry != null || through == null) {
                return;
            }
            reading = true;
        }
        through.exists(path, this).whenComplete((there, failure) -> {
            if (failure != null) {
                retry(through, mine);
            } else if (there) {
                read(through, mine);
            } else {
                answered(through, Handle.ABSENT, true, mine);
            }
        });
    }

    /** The entry as it was when its watch began, or later. */
    synchronized CompletableFuture<Listing> current() {
        if (closed) {
            return CompletableFuture.failedFuture(Failures.closed());
        }
        if (known && !reading) {
            return CompletableFuture.completedFuture(listing());
        }
        CompletableFuture<Listing> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    void close() {
        Handle through;
        List<CompletableFuture<Listing>> left;
        synchronized (this) {
            closed = true;
            forgetConnection();
            through = watching ? handle : null;
            left = List.copyOf(asked);
            asked.clear();
        }
        if (through != null) {
            watched.end(through, path, this);
        }
        left.forEach(one -> one.completeExceptionally(Failures.closed()));
    }
}
