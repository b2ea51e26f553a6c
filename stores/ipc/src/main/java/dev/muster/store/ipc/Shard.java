package dev.muster.store.ipc;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.SessionLostException;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.WatchFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the logs that the directories of a store are spread over, as this process works on it. Its threads take turns
 * at a monitor; processes meet in the log alone. Feeds are offered changes inside the monitor, in order, and pumped
 * outside.
 */
final class Shard implements Replica.Reader {

    /** So many are read for watches at a time: they need not be at the head, and others want their turn. */
    private static final int SOME = 1024;

    private final SharedSpace space;
    private final int index;
    private final LogWriter writer;
    private final Map<String, List<WatchFeed>> feeds = new HashMap<>();
    private final List<WatchFeed> allFeeds = new CopyOnWriteArrayList<>();

    private @Nullable Replica replica;

    private boolean offered;
    private volatile boolean endRead;
    private boolean used;
    private boolean closed;

    Shard(SharedSpace space, int index) {
        this.space = space;
        this.index = index;
        this.writer = new LogWriter(space, index);
    }

    CommitResult commit(Commit commit, @Nullable IpcSession session, int directoryNameBytes) {
        writer.giveWay();
        return inTurn(() -> {
            if (session == null) {
                return writer.commit(making(), commit, null, directoryNameBytes);
            }
            // Held for the time in the monitor alone, so that the session's end does not wait for a listener.
            if (!session.gate().enter()) {
                throw SessionLostException.of(commit);
            }
            try {
                return writer.commit(making(), commit, session, directoryNameBytes);
            } finally {
                session.gate().exit();
            }
        });
    }

    /** Works in the monitor, and has told outside it what came of that. */
    private <T> T inTurn(Supplier<T> work) {
        boolean tell = false;
        try {
            synchronized (this) {
                try {
                    return work.get();
                } finally {
                    writer.done();
                    tell = offered;
                    offered = false;
                }
            }
        } finally {
            if (tell) {
                tell();
            }
        }
    }

    Listing list(String path) {
        return inTurn(() -> {
            Replica log = finding();
            return log == null
                    ? new Listing(space.control().seed(), List.of())
                    : new Listing(
                            log.revision(),
                            List.copyOf(log.directory(path).state().entries()));
        });
    }

    /** The directories under a prefix that hold an entry. */
    List<String> paths(String prefix) {
        return inTurn(() -> {
            Replica log = finding();
            return log == null
                    ? List.of()
                    : log.directories().stream()
                            .filter(directory -> directory.path().startsWith(prefix)
                                    && !directory.state().isEmpty())
                            .map(Directory::path)
                            .toList();
        });
    }

    /** @param bell whom to wake when the log grows; 0 for nobody */
    void attach(String path, WatchFeed feed, long bell) {
        inTurn(() -> {
            space.control().sleep(index, bell);
            finding();
            allFeeds.add(feed);
            return feeds.computeIfAbsent(path, absent -> new ArrayList<>()).add(feed);
        });
    }

    void detach(String path, WatchFeed feed) {
        synchronized (this) {
            List<WatchFeed> there = feeds.get(path);
            if (there != null && there.remove(feed) && there.isEmpty()) {
                feeds.remove(path);
            }
            allFeeds.remove(feed);
        }
    }

    void endFeeds(MusterException cause) {
        allFeeds.forEach(feed -> feed.end(cause));
    }

    boolean isWatched() {
        return !allFeeds.isEmpty();
    }

    /**
     * Reads what is new in the log. Answers whether anything was.
     *
     * @param bell whom to wake when more comes from now on; 0 for nobody
     */
    boolean poll(long bell) {
        return inTurn(() -> {
            if (closed) {
                return false;
            }
            if (bell != 0) {
                space.control().sleep(index, bell);
            }
            Replica log = replica;
            if (log == null || !log.isWhole() || log.catchUp(SOME)) {
                finding();
            }
            used = true;
            return offered;
        });
    }

    /** Lets go of the memory, unless somebody watches here or came by since the last call. */
    synchronized void rest() {
        if (!used && feeds.isEmpty()) {
            drop();
        }
        used = false;
    }

    synchronized void close() {
        closed = true;
        drop();
    }

    private void drop() {
        if (replica != null) {
            replica.arena().unmap();
            replica = null;
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new ConnectionException("The ipc store is closed: open it again");
        }
    }

    private Replica making() {
        Replica log = replica;
        if (log == null || !log.isWhole()) {
            log = load(true);
        }
        if (log == null) {
            throw new IllegalStateException("a log was to be made and was not");
        }
        used = true;
        writer.refresh(log);
        return log;
    }

    private @Nullable Replica finding() {
        Replica log = replica;
        if (log == null || !log.isWhole()) {
            log = load(false);
        }
        used = true;
        if (log != null) {
            writer.refresh(log);
        }
        return log;
    }

    private @Nullable Replica load(boolean make) {
        checkOpen();
        drop();
        writer.forget();
        replica = Replica.open(space.files(), space.owners(), index, this, make);
        if (replica != null && replica.arena().previous() != 0 && isWatched()) {
            lost();
        }
        return replica;
    }

    @Override
    public void changed(String path, WatchEvent.Changed change) {
        offered = true;
        if (!feeds.isEmpty()) {
            for (WatchFeed feed : feeds.getOrDefault(path, List.of())) {
                feed.offer(change);
            }
        }
    }

    @Override
    public void ended() {
        offered = true;
        endRead = true;
    }

    @Override
    public void lost() {
        offered = true;
        for (WatchFeed feed : allFeeds) {
            feed.lost();
        }
    }

    /** Removes what sessions own whose end is recorded. Answers whether there is anything to {@link #tell}. */
    synchronized boolean reap() {
        if (!closed) {
            finding();
        }
        boolean changed = offered;
        offered = false;
        return changed;
    }

    /** Has those who watch told, here and in other processes. Foreign code may run, so never under a monitor. */
    void tell() {
        if (endRead) {
            // Were it one of ours, it must be known as lost before a watch tells that its entries are gone.
            endRead = false;
            space.loseEnded();
        }
        for (WatchFeed feed : allFeeds) {
            feed.pump();
        }
        space.ring(index);
    }
}
