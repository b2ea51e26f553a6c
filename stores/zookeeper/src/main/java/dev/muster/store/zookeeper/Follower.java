package dev.muster.store.zookeeper;

import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Scheduler;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import dev.muster.store.spi.WatchFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;

/**
 * Follows one directory for all watches of a client on it, by one persistent recursive watch. Events tell which names
 * changed, and nothing else: the entries of those names are read together, in one state. Events of changes that the state
 * covers come before the answer; so the follower knows the whole directory at that zxid as soon as no event came that was
 * of another name. Only then are the changes told. What a connection may have missed is made up for by a fresh listing.
 */
final class Follower implements Watcher {

    /** After so many answers that were overtaken by events of other names, or names to read, all is listed anew. */
    private static final int MOST_ROUNDS = 50;

    private static final int MOST_NAMES = 512;
    private static final Duration RETRY = Duration.ofMillis(200);

    private final String directory;
    private final String path;
    private final String prefix;
    private final Listings listings;
    private final Scheduler scheduler;
    private final WatchedPaths watched;
    private final List<WatchFeed> feeds = new CopyOnWriteArrayList<>();

    /** Who is answered as soon as no event waits to be read, and who will ask once there is a listing. */
    private final List<CompletableFuture<Listing>> waiting = new ArrayList<>();

    private final List<CompletableFuture<Listing>> asked = new ArrayList<>();

    /** All that follows is guarded by this. */
    private @Nullable Handle handle;

    private DirectoryState replica = new DirectoryState();
    private final Set<String> dirty = new LinkedHashSet<>();

    /** Counts the listings that were begun: answers to what was asked before are of no use. */
    private int attempt;

    /** The replica is complete up to here, where no event waits to be read. */
    private long syncedTo;

    private boolean wasLive;

    private boolean live;
    private boolean reading;
    private boolean closed;

    Follower(String directory, Layout layout, Listings listings, Scheduler scheduler, WatchedPaths watched) {
        this.directory = directory;
        this.path = layout.directory(directory);
        this.prefix = path + '/';
        this.watched = watched;
        this.listings = listings;
        this.scheduler = scheduler;
    }

    String directory() {
        return directory;
    }

    String path() {
        return path;
    }

    void attach(WatchFeed feed) {
        feeds.add(feed);
    }

    /** Answers whether nobody follows any more. */
    boolean detach(WatchFeed feed) {
        feeds.remove(feed);
        return feeds.isEmpty();
    }

    boolean isIdle() {
        return feeds.isEmpty();
    }

    /** Lists anew, through this connection: the first, another, or the same that was interrupted. */
    void restart(Handle through) {
        int mine;
        synchronized (this) {
            if (closed) {
                return;
            }
            handle = through;
            mine = ++attempt;
            live = false;
            reading = false;
            dirty.clear();
            asked.addAll(waiting);
            waiting.clear();
        }
        through.watch(path, this)
                .thenCompose(watching -> listings.read(through, directory))
                .whenComplete((listing, failure) -> {
                    if (failure != null) {
                        retry(through, mine);
                    } else {
                        listed(listing, mine);
                    }
                });
    }

    /** Answers nothing from what it holds until it has listed anew: events may have been missed. */
    synchronized void suspend() {
        attempt++;
        live = false;
        reading = false;
        asked.addAll(waiting);
        waiting.clear();
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

    private void listed(Listing listing, int mine) {
        boolean again;
        List<CompletableFuture<Listing>> asking;
        synchronized (this) {
            if (mine != attempt) {
                return;
            }
            replica = new DirectoryState();
            replica.follow(new WatchEvent.Listed(listing, false));
            syncedTo = Math.max(syncedTo, listing.revision());
            live = true;
            again = wasLive;
            wasLive = true;
            asking = List.copyOf(asked);
            asked.clear();
        }
        if (again) {
            feeds.forEach(WatchFeed::lost);
        }
        asking.forEach(this::current);
        catchUp();
        pump();
    }

    @Override
    public void process(WatchedEvent event) {
        String path = event.getPath();
        if (path == null || !path.startsWith(prefix)) {
            return;
        }
        synchronized (this) {
            dirty.add(path.substring(prefix.length()));
        }
        catchUp();
    }

    /** Reads what changed, unless that is under way, or nothing did. */
    private void catchUp() {
        List<String> names;
        int mine;
        Handle through;
        List<CompletableFuture<Listing>> served = List.of();
        Listing current = null;
        synchronized (this) {
            through = handle;
            if (!live || reading || closed || through == null) {
                return;
            }
            if (dirty.isEmpty()) {
                if (waiting.isEmpty()) {
                    return;
                }
                served = List.copyOf(waiting);
                waiting.clear();
                current = new Listing(
                        Math.max(replica.revision(), syncedTo),
                        replica.listing().entries());
            }
            names = List.copyOf(dirty);
            mine = attempt;
            dirty.clear();
            reading = !names.isEmpty();
        }
        if (current != null) {
            Listing answer = current;
            served.forEach(one -> one.complete(answer));
        } else {
            read(through, names, mine, 1);
        }
    }

    private void read(Handle through, List<String> names, int mine, int round) {
        if (round > MOST_ROUNDS || names.size() > MOST_NAMES) {
            restart(through);
            return;
        }
        List<Op> reads = names.stream().map(name -> Op.getData(prefix + name)).toList();
        through.readInOrder(reads).whenComplete((reply, failure) -> {
            if (failure != null) {
                retry(through, mine);
            } else {
                answered(through, names, reply, mine, round);
            }
        });
    }

    private void answered(Handle through, List<String> names, Handle.Reply reply, int mine, int round) {
        WatchEvent.Changed change;
        synchronized (this) {
            if (mine != attempt || closed) {
                return;
            }
            if (!names.containsAll(dirty)) {
                Set<String> more = new LinkedHashSet<>(names);
                more.addAll(dirty);
                dirty.clear();
                change = null;
                names = List.copyOf(more);
            } else {
                // What came before the answer is in it.
                dirty.clear();
                reading = false;
                change = difference(through.home(), names, reply);
                syncedTo = Math.max(syncedTo, through.home().revision(reply.zxid()));
                if (change != null) {
                    replica.follow(change);
                    WatchEvent.Changed told = change;
                    feeds.forEach(feed -> feed.offer(told));
                } else {
                    names = List.of();
                }
            }
        }
        if (reading(mine)) {
            read(through, names, mine, round + 1);
            return;
        }
        if (change != null) {
            pump();
        }
        catchUp();
    }

    private synchronized boolean reading(int mine) {
        return reading && mine == attempt;
    }

    /** What the answer changes in the replica, or null. */
    private WatchEvent.@Nullable Changed difference(Home home, List<String> names, Handle.Reply reply) {
        long revision = home.revision(reply.zxid());
        List<Entry> puts = new ArrayList<>();
        List<WatchEvent.Removal> removals = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = Layout.unescape(names.get(i));
            Entry now = Listings.entry(home, name, reply.results().get(i));
            Entry before = replica.get(name);
            if (now == null) {
                if (before != null) {
                    removals.add(new WatchEvent.Removal(name, before.created()));
                }
            } else if (before == null || before.modified() != now.modified() || before.created() != now.created()) {
                puts.add(now);
            }
        }
        if (puts.isEmpty() && removals.isEmpty()) {
            return null;
        }
        puts.sort(Entry.CREATION_ORDER);
        return new WatchEvent.Changed(revision, List.copyOf(puts), List.copyOf(removals));
    }

    private void pump() {
        feeds.forEach(WatchFeed::pump);
    }

    /** The directory as of now: not older than anything that was committed before this was called. */
    CompletableFuture<Listing> current() {
        CompletableFuture<Listing> answer = new CompletableFuture<>();
        current(answer);
        return answer;
    }

    private void current(CompletableFuture<Listing> answer) {
        Handle through;
        int mine;
        synchronized (this) {
            through = handle;
            mine = attempt;
            if (closed) {
                answer.completeExceptionally(Failures.closed());
                return;
            }
            if (!live || through == null) {
                asked.add(answer);
                return;
            }
        }
        through.syncInOrder(path).whenComplete((zxid, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
                return;
            }
            synchronized (this) {
                if (mine != attempt || !live) {
                    asked.add(answer);
                    return;
                }
                syncedTo = Math.max(syncedTo, through.home().revision(zxid));
                waiting.add(answer);
            }
            catchUp();
        });
    }

    void close() {
        Handle through;
        List<CompletableFuture<Listing>> left;
        synchronized (this) {
            closed = true;
            attempt++;
            through = handle;
            left = new ArrayList<>(waiting);
            left.addAll(asked);
            waiting.clear();
            asked.clear();
        }
        if (through != null) {
            watched.end(through, path, this);
        }
        left.forEach(one -> one.completeExceptionally(Failures.closed()));
    }
}
