package dev.muster.store.sql;

import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import dev.muster.store.spi.WatchFeed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The directories that this client watches. Each is followed once, however many watches it has: what is told of it, or
 * seen when the store is looked at, only says that it changed; it is then listed, and what differs is offered to the
 * watches. Every listing of a watched directory goes this way, so that each is a step of one sequence.
 */
final class Watches {

    /** A directory is followed for so long after its last watch, as who waits for it often comes back. */
    private static final long LINGERING = Duration.ofSeconds(5).toNanos();

    /** What follows on something that was not told is held back for so long; then the directory is listed. */
    private static final Duration GAP = Duration.ofMillis(20);

    private static final int MOST_EARLY = 64;

    private final Lanes lanes;
    private final Connector connector;
    private final OpenSessions sessions;
    private final Scheduler scheduler;
    private final Map<String, Watched> byName = new HashMap<>();
    private final Map<Long, Watched> byNumber = new HashMap<>();

    /** @param here whether this client has made it */
    private record Early(WatchEvent.Changed change, boolean here) {}

    /** A directory that is watched. Guarded by the monitor of Watches. */
    private static final class Watched {
        final String name;
        final Set<WatchFeed> feeds = new HashSet<>();
        final List<CompletableFuture<Listing>> askers = new ArrayList<>();
        final DirectoryState state = new DirectoryState();
        long number;
        long seen;
        long unusedSince = System.nanoTime();
        boolean queued;

        /** Changes that were told before those which they follow on, by the revision before. */
        final TreeMap<Long, Early> early = new TreeMap<>();

        boolean waiting;

        Watched(String name) {
            this.name = name;
        }
    }

    /** The sessions of this client that are open. */
    interface OpenSessions {

        @Nullable
        SqlSession find(@Nullable String id);
    }

    Watches(Lanes lanes, Connector connector, OpenSessions sessions, Scheduler scheduler) {
        this.scheduler = scheduler;
        this.lanes = lanes;
        this.connector = connector;
        this.sessions = sessions;
    }

    synchronized void attach(String directory, WatchFeed feed) {
        byName.computeIfAbsent(directory, Watched::new).feeds.add(feed);
    }

    synchronized void detach(String directory, WatchFeed feed) {
        Watched watched = byName.get(directory);
        if (watched != null) {
            watched.feeds.remove(feed);
            watched.unusedSince = System.nanoTime();
        }
    }

    /** The listing of a directory that a watch was attached to. */
    CompletableFuture<Listing> list(String directory) {
        CompletableFuture<Listing> listing = new CompletableFuture<>();
        synchronized (this) {
            Watched watched = byName.computeIfAbsent(directory, Watched::new);
            watched.askers.add(listing);
            if (watched.queued) {
                return listing;
            }
            watched.queued = true;
        }
        lanes.submit(new Refresh(directory));
        return listing;
    }

    boolean isAny() {
        synchronized (this) {
            return !byName.isEmpty();
        }
    }

    synchronized List<Long> numbers() {
        return List.copyOf(byNumber.keySet());
    }

    /** Takes note of a change that this client has made. */
    void changedHere(Link.Notice notice) {
        changed(notice, true);
    }

    /** Takes note that a directory has changed: offers what changed where that follows on what was seen last. */
    void changed(Link.Notice notice) {
        changed(notice, false);
    }

    private void changed(Link.Notice notice, boolean here) {
        Watched watched;
        Set<WatchFeed> told = new HashSet<>();
        boolean unclear;
        synchronized (this) {
            watched = byNumber.get(notice.directory());
            if (watched == null || notice.revision() <= watched.seen) {
                return;
            }
            if (notice.change() == null || watched.seen == 0 || watched.early.size() >= MOST_EARLY) {
                unclear = true;
            } else {
                watched.early.put(notice.before(), new Early(notice.change(), here));
                unclear = !catchUp(watched, told);
            }
            unclear = wantsListing(watched, unclear);
        }
        told.forEach(WatchFeed::pump);
        if (unclear) {
            lanes.submit(new Refresh(watched.name));
        }
    }

    /** Whether to have it listed now: if nobody watches it at present, who comes next will. */
    private static boolean wantsListing(Watched watched, boolean unclear) {
        boolean wants = unclear && !watched.queued && !watched.feeds.isEmpty();
        watched.queued |= wants;
        return wants;
    }

    /**
     * Takes the steps that follow on what was seen last. One that does not is kept for a moment: what comes before it is
     * on its way, as each client tells its own changes.
     *
     * @param told who is to be pumped, outside the monitor
     * @return false where only a listing can tell how things are
     */
    private boolean catchUp(Watched watched, Set<WatchFeed> told) {
        watched.early.headMap(watched.seen).clear();
        Early next = watched.early.remove(watched.seen);
        while (next != null) {
            if (!next.here() && !ownersOf(watched, next.change().removals()).isEmpty()) {
                return false;
            }
            told.addAll(offer(watched, next.change()));
            next = watched.early.remove(watched.seen);
        }
        if (!watched.early.isEmpty() && !watched.waiting) {
            watched.waiting = true;
            long gap = watched.seen;
            scheduler.after(GAP, () -> giveUpGap(watched, gap));
        }
        return true;
    }

    /** What has not been told by now was not told at all; a gap that has come since has a right to as much time. */
    private void giveUpGap(Watched watched, long gap) {
        Set<WatchFeed> told = new HashSet<>();
        boolean unclear;
        synchronized (this) {
            watched.waiting = false;
            if (watched.early.isEmpty()) {
                return;
            }
            unclear = wantsListing(watched, watched.seen == gap || !catchUp(watched, told));
        }
        told.forEach(WatchFeed::pump);
        if (unclear) {
            lanes.submit(new Refresh(watched.name));
        }
    }

    /** Sessions of this client that are open as far as it knows, of which others have removed entries. */
    private Set<SqlSession> ownersOf(Watched watched, List<WatchEvent.Removal> removals) {
        Set<SqlSession> owners = new HashSet<>();
        for (WatchEvent.Removal removal : removals) {
            Entry known = watched.state.get(removal.name());
            SqlSession owner = known == null ? null : sessions.find(known.ownerId());
            if (owner != null) {
                owners.add(owner);
            }
        }
        return owners;
    }

    /** Takes a step from what was seen last. Answers who is to be pumped, outside the monitor. */
    private static List<WatchFeed> offer(Watched watched, WatchEvent.Changed change) {
        watched.state.follow(change);
        watched.seen = change.revision();
        List<WatchFeed> told = List.copyOf(watched.feeds);
        told.forEach(feed -> feed.offer(change));
        return told;
    }

    /** Compares with what was seen by looking. A directory that is gone was swept out, or its store: it is marked anew. */
    void compare(Collection<Long> asked, Map<Long, Long> revisions) {
        for (Long number : asked) {
            Long revision = revisions.get(number);
            if (revision == null) {
                unmark(number);
            } else {
                changed(Link.Notice.seen(number, revision));
            }
        }
    }

    private void unmark(Long number) {
        Watched watched;
        synchronized (this) {
            watched = byNumber.remove(number);
            if (watched == null) {
                return;
            }
            watched.number = 0;
            if (watched.queued || watched.feeds.isEmpty()) {
                return;
            }
            watched.queued = true;
        }
        lanes.submit(new Refresh(watched.name));
    }

    /** The store is another one: no number means what it did. */
    void unmarkAll() {
        numbers().forEach(this::unmark);
    }

    /** Lets go of what has not been watched for a while. */
    synchronized void rest() {
        long now = System.nanoTime();
        byName.values().removeIf(watched -> {
            boolean unused = watched.feeds.isEmpty()
                    && watched.askers.isEmpty()
                    && !watched.queued
                    && now - watched.unusedSince > LINGERING;
            if (unused) {
                byNumber.remove(watched.number);
            }
            return unused;
        });
    }

    /** Lists a directory and offers what differs. */
    private final class Refresh extends Job {

        private final String name;

        Refresh(String directory) {
            super(directory, lanes.deadline());
            this.name = directory;
        }

        @Override
        void run(Lane lane) throws SQLException {
            long number;
            synchronized (Watches.this) {
                Watched watched = byName.get(name);
                if (watched == null) {
                    return;
                }
                // What changes from here on asks for another one.
                watched.queued = false;
                number = watched.number;
            }
            try {
                if (number == 0) {
                    mark(lane.link().watch(name));
                }
                Listing listing = Listings.read(lane.link(), name);
                loseEnded(lane.link(), listing);
                show(listing);
            } catch (SQLException e) {
                fail(connector.failure(e, "list directory " + name));
                throw e;
            }
        }

        private void mark(long number) {
            synchronized (Watches.this) {
                Watched watched = byName.get(name);
                if (watched != null) {
                    watched.number = number;
                    byNumber.put(number, watched);
                }
            }
        }

        /** A session shall know that it has ended before its entries are told to be gone. */
        private void loseEnded(Link link, Listing listing) throws SQLException {
            Set<SqlSession> owners = Set.of();
            synchronized (Watches.this) {
                Watched watched = byName.get(name);
                WatchEvent.Changed changed = watched == null ? null : difference(watched.state, listing);
                if (watched != null && changed != null) {
                    owners = ownersOf(watched, changed.removals());
                }
            }
            for (SqlSession owner : owners) {
                if (!link.isAlive(owner.uuid())) {
                    owner.lose();
                }
            }
        }

        private void show(Listing listing) {
            List<CompletableFuture<Listing>> answered;
            Set<WatchFeed> told = new HashSet<>();
            boolean unclear = false;
            synchronized (Watches.this) {
                Watched watched = byName.get(name);
                if (watched == null) {
                    return;
                }
                answered = take(watched);
                if (listing.revision() >= watched.state.revision()) {
                    WatchEvent.Changed changed = difference(watched.state, listing);
                    watched.state.follow(new WatchEvent.Listed(listing, true));
                    watched.seen = listing.revision();
                    if (changed != null) {
                        told.addAll(watched.feeds);
                        told.forEach(feed -> feed.offer(changed));
                    }
                    unclear = wantsListing(watched, !catchUp(watched, told));
                }
            }
            answered.forEach(asker -> asker.complete(listing));
            told.forEach(WatchFeed::pump);
            if (unclear) {
                lanes.submit(new Refresh(name));
            }
        }

        private void fail(MusterException cause) {
            List<CompletableFuture<Listing>> failed;
            synchronized (Watches.this) {
                Watched watched = byName.get(name);
                failed = watched == null ? List.of() : take(watched);
            }
            failed.forEach(asker -> asker.completeExceptionally(cause));
        }

        private List<CompletableFuture<Listing>> take(Watched watched) {
            List<CompletableFuture<Listing>> taken = List.copyOf(watched.askers);
            watched.askers.clear();
            return taken;
        }

        /** What is not told now, the next look at the store brings up. */
        @Override
        void drop(MusterException cause) {
            synchronized (Watches.this) {
                Watched watched = byName.get(name);
                if (watched != null) {
                    watched.queued = false;
                }
            }
            fail(cause);
        }
    }

    /** How a listing differs from the state before; null where it does not. */
    private static WatchEvent.@Nullable Changed difference(DirectoryState before, Listing now) {
        List<Entry> puts = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Entry entry : now.entries()) {
            names.add(entry.name());
            Entry known = before.get(entry.name());
            if (known == null || known.modified() != entry.modified() || known.created() != entry.created()) {
                puts.add(entry);
            }
        }
        List<WatchEvent.Removal> removals = new ArrayList<>();
        for (Entry known : before.entries()) {
            if (!names.contains(known.name())) {
                removals.add(new WatchEvent.Removal(known.name(), known.created()));
            }
        }
        return puts.isEmpty() && removals.isEmpty()
                ? null
                : new WatchEvent.Changed(now.revision(), List.copyOf(puts), List.copyOf(removals));
    }
}
