package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Scheduler;
import dev.muster.store.WatchEvent;
import dev.muster.store.etcd.Reader.State;
import dev.muster.store.spi.WatchFeed;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one watch of a client on a directory, for all who follow it. It is opened at the present revision (the server is
 * slow to begin with a past one), then the directory is listed; what came in between is told after. Keeps the creating
 * revision of each entry, since etcd tells of a removal only the name.
 */
final class DirectoryWatch implements WatchStream.Follower {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    private final String directory;
    private final ByteString begin;
    private final WatchStream stream;
    private final Identity identity;
    private final Reader reader;
    private final Cluster cluster;
    private final Scheduler scheduler;
    private final List<WatchFeed> feeds = new CopyOnWriteArrayList<>();

    /** By the last part of its key. */
    private final Map<String, WatchEvent.Removal> known = new HashMap<>();

    private final List<Event> early = new ArrayList<>();
    private CompletableFuture<State> base = new CompletableFuture<>();
    private Incarnation incarnation;
    private boolean listing;
    private boolean live;

    /** The revision of etcd up to which all is known; while not live, of no meaning. */
    private long at;

    /** Counts the openings, so that what belongs to an older one is not heeded. */
    private int opening;

    private volatile boolean closed;

    DirectoryWatch(
            String directory,
            ByteString begin,
            WatchStream stream,
            Identity identity,
            Reader reader,
            Cluster cluster,
            Scheduler scheduler) {
        this.directory = directory;
        this.begin = begin;
        this.stream = stream;
        this.identity = identity;
        this.reader = reader;
        this.cluster = cluster;
        this.scheduler = scheduler;
        this.incarnation = identity.current();
    }

    void start() {
        stream.open(begin, 0, this);
    }

    /** Offers the feed every change from now on. Answers what it starts from. */
    CompletableFuture<Listing> attach(WatchFeed feed) {
        feeds.add(feed);
        return list();
    }

    /** Answers whether it was the last one. */
    boolean detach(WatchFeed feed) {
        feeds.remove(feed);
        return feeds.isEmpty();
    }

    boolean isUnused() {
        return feeds.isEmpty();
    }

    /** What a feed that was attached before makes up for a loss with. */
    CompletableFuture<Listing> list() {
        CompletableFuture<State> first;
        boolean begun;
        synchronized (this) {
            first = base;
            begun = listing || live;
        }
        return begun
                ? first.thenCompose(listed -> reader.read(directory, false)).thenApply(State::listing)
                : first.thenApply(State::listing);
    }

    @Override
    public void opened(long etcdRevision) {
        int mine;
        if (closed) {
            stream.close(this);
            return;
        }
        synchronized (this) {
            if (live) {
                return;
            }
            listing = true;
            mine = opening;
        }
        readBase(mine, etcdRevision);
    }

    private void readBase(int mine, long atLeast) {
        reader.read(directory, false).whenComplete((state, failure) -> {
            if (closed || !isPresent(mine)) {
                return;
            }
            if (failure != null || state.etcdRevision() < atLeast) {
                LOG.debug("listing {} for a watch failed; trying again", directory, failure);
                scheduler.after(cluster.pause(), () -> readBase(mine, atLeast));
            } else {
                begin(mine, state);
            }
        });
    }

    private synchronized boolean isPresent(int number) {
        return number == opening;
    }

    private void begin(int mine, State state) {
        CompletableFuture<State> waiting;
        synchronized (this) {
            if (mine != opening || live) {
                return;
            }
            incarnation = state.incarnation();
            at = state.etcdRevision();
            known.clear();
            state.entries().forEach(entry -> know(state.slots().getOrDefault(entry.name(), entry.name()), entry));
            live = true;
            listing = false;
            offer(early);
            early.clear();
            waiting = base;
        }
        waiting.complete(state);
        pump();
    }

    @Override
    public void changed(List<Event> events) {
        synchronized (this) {
            if (!live) {
                early.addAll(events);
                return;
            }
            offer(events);
        }
        pump();
    }

    /** Groups events by their revision: those of one commit, or of one session's end. */
    private void offer(List<Event> events) {
        int from = 0;
        while (from < events.size()) {
            long revision = events.get(from).getKv().getModRevision();
            int to = from;
            while (to < events.size() && events.get(to).getKv().getModRevision() == revision) {
                to++;
            }
            if (revision > at) {
                at = revision;
                WatchEvent.Changed change = change(revision, events.subList(from, to));
                feeds.forEach(feed -> feed.offer(change));
            }
            from = to;
        }
    }

    private WatchEvent.Changed change(long revision, List<Event> events) {
        List<Entry> puts = new ArrayList<>(events.size());
        List<WatchEvent.Removal> removals = new ArrayList<>();
        for (Event event : events) {
            KeyValue stored = event.getKv();
            if (event.getType() == Event.EventType.DELETE) {
                WatchEvent.Removal removal = known.remove(Reader.lastPart(begin.size(), stored.getKey()));
                if (removal != null) {
                    removals.add(removal);
                }
            } else {
                Entry put = Reader.entry(incarnation, begin.size(), stored);
                know(Reader.lastPart(begin.size(), stored.getKey()), put);
                puts.add(put);
            }
        }
        puts.sort(Entry.CREATION_ORDER);
        return new WatchEvent.Changed(incarnation.revision(revision), List.copyOf(puts), List.copyOf(removals));
    }

    private void know(String lastPart, Entry entry) {
        known.put(lastPart, new WatchEvent.Removal(entry.name(), entry.created()));
    }

    private void pump() {
        feeds.forEach(WatchFeed::pump);
    }

    @Override
    public void broken() {
        if (!closed) {
            scheduler.after(cluster.pause(), this::reopen);
        }
    }

    @Override
    public void refused() {
        if (!closed) {
            scheduler.after(WatchStream.REFUSED, this::reopen);
        }
    }

    /** Goes on after what is known, once it is certain that this is still the same store. */
    private void reopen() {
        if (closed) {
            return;
        }
        identity.load().whenComplete((store, failure) -> {
            if (failure != null) {
                scheduler.after(cluster.pause(), this::reopen);
                return;
            }
            boolean goesOn;
            long from;
            synchronized (this) {
                goesOn = live && store.equals(incarnation);
                from = at + 1;
                early.clear();
            }
            if (goesOn) {
                stream.open(begin, from, this);
            } else {
                reset();
            }
        });
    }

    @Override
    public void compacted() {
        if (!closed) {
            reset();
        }
    }

    /** Begins anew: everybody gets a fresh listing. */
    private void reset() {
        synchronized (this) {
            if (live) {
                base = new CompletableFuture<>();
            }
            live = false;
            listing = false;
            opening++;
            early.clear();
        }
        feeds.forEach(WatchFeed::lost);
        stream.open(begin, 0, this);
        pump();
    }

    /** The store was found to be another one, which the stream does not tell. */
    void replaced() {
        stream.close(this);
        reset();
    }

    void close() {
        closed = true;
        stream.close(this);
    }
}
