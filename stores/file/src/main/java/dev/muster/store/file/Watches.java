package dev.muster.store.file;

import dev.muster.host.Bell;
import dev.muster.store.Cancellable;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.WatchFeed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The watches of this process. Each directory that it watches is marked in the store, so that who changes it writes to
 * the change log and rings; the mark goes with the process, or some time after the last watch of the directory.
 */
final class Watches {

    /** How long a directory stays marked after its last watch: to mark it costs two transactions. */
    private static final long LINGERING = Duration.ofSeconds(5).toNanos();

    private static final String WHAT = "read what changed";

    private final Database database;
    private final Rows rows;
    private final ChangeLog log;
    private final SessionTable sessions;
    private final Bell bell;
    private final Runnable onRing;

    /** Changed within the database's mutex alone, like what follows. */
    private final Map<String, Watched> byName = new ConcurrentHashMap<>();

    private final Map<Long, Watched> byNumber = new ConcurrentHashMap<>();
    private long position;

    private volatile SessionTable.@Nullable Opened self;
    private volatile @Nullable Cancellable listening;

    /** A directory that this process watches. */
    private static final class Watched {
        final long directory;
        final List<WatchFeed> feeds = new CopyOnWriteArrayList<>();
        long seen;
        long unusedSince = System.nanoTime();
        boolean retired;

        Watched(Head head) {
            this.directory = head.directory();
            this.seen = head.revision();
        }
    }

    Watches(Database database, Rows rows, ChangeLog log, SessionTable sessions, Bell bell, Runnable onRing) {
        this.database = database;
        this.rows = rows;
        this.log = log;
        this.sessions = sessions;
        this.bell = bell;
        this.onRing = onRing;
    }

    /** The number under which this process watches, 0 if it does not. */
    long self() {
        SessionTable.Opened opened = self;
        return opened == null ? 0 : opened.number();
    }

    /** From its return on the feed is offered each change. */
    void attach(String directory, WatchFeed feed, Duration timeout) {
        while (true) {
            Watched watched = byName.get(directory);
            if (watched == null) {
                watched = mark(directory, timeout);
            }
            synchronized (watched) {
                if (!watched.retired) {
                    watched.feeds.add(feed);
                    return;
                }
            }
        }
    }

    /** Takes a feed off. Waits for nothing. */
    void detach(String directory, WatchFeed feed) {
        Watched watched = byName.get(directory);
        if (watched != null) {
            synchronized (watched) {
                watched.feeds.remove(feed);
                watched.unusedSince = System.nanoTime();
            }
        }
    }

    /** What a transaction did for a watch: noted once it is committed. */
    private record Mark(Watched watched, SessionTable.Opened self, long position) {}

    private Watched mark(String directory, Duration timeout) {
        SessionTable.Opened[] fresh = new SessionTable.Opened[1];
        boolean done = false;
        try {
            Mark mark = database.write(
                    "watch directory " + directory,
                    timeout,
                    () -> mark(directory, fresh),
                    made -> note(directory, made));
            done = true;
            return mark.watched();
        } finally {
            if (!done && fresh[0] != null) {
                fresh[0].claim().close();
            }
        }
    }

    private Mark mark(String directory, SessionTable.Opened[] fresh) throws SQLException {
        SessionTable.Opened opened = self;
        long from = position;
        if (opened == null) {
            opened = sessions.open(null, 0, 0);
            fresh[0] = opened;
            from = log.end();
        }
        Watched there = byName.get(directory);
        if (there != null) {
            return new Mark(there, opened, from);
        }
        Head head = rows.head(directory);
        if (head == null) {
            head = rows.create(directory);
        }
        database.sql(Sql.NEW_WATCHER, opened.number(), head.directory()).executeUpdate();
        database.sql(Sql.COUNT_WATCHER, head.directory(), 1).executeUpdate();
        return new Mark(new Watched(head), opened, from);
    }

    private void note(String directory, Mark mark) {
        self = mark.self();
        position = mark.position();
        byName.put(directory, mark.watched());
        byNumber.put(mark.watched().directory, mark.watched());
        if (listening == null) {
            listening = bell.listen(onRing);
        }
    }

    boolean isAny() {
        return !byName.isEmpty();
    }

    /** Whether this process watches the directory. */
    boolean isWatched(long directory) {
        return byNumber.containsKey(directory);
    }

    /** Tells the feeds what was logged since the last time. */
    void read(Duration timeout) {
        pump(byName.isEmpty() ? List.of() : database.read(WHAT, timeout, this::readLog));
    }

    /** The same, and sees to it that nothing was missed. */
    void verify(Duration timeout) {
        pump(
                byName.isEmpty()
                        ? List.of()
                        : database.read(
                                WHAT,
                                timeout,
                                () -> database.inOneState(() -> {
                                    List<WatchFeed> told = new ArrayList<>(readLog());
                                    checkSeen(told);
                                    return told;
                                })));
    }

    private static void pump(List<WatchFeed> told) {
        told.forEach(WatchFeed::pump);
    }

    private List<WatchFeed> readLog() throws SQLException {
        ChangeLog.Page page = log.read(position);
        position = page.end();
        if (page.byDirectory().isEmpty()) {
            return List.of();
        }
        List<WatchFeed> told = new ArrayList<>();
        page.byDirectory().forEach((directory, folded) -> {
            Watched watched = byNumber.get(directory);
            if (watched != null && folded.revision() > watched.seen) {
                WatchEvent.Changed changed = folded.event();
                watched.seen = folded.revision();
                watched.feeds.forEach(feed -> {
                    feed.offer(changed);
                    told.add(feed);
                });
            }
        });
        if (page.gap()) {
            byNumber.values().forEach(watched -> lose(watched, told));
        }
        return told;
    }

    private void checkSeen(List<WatchFeed> told) throws SQLException {
        try (ResultSet row = database.sql(Sql.WATCHED, self()).executeQuery()) {
            while (row.next()) {
                Watched watched = byNumber.get(row.getLong(1));
                if (watched != null && row.getLong(2) > watched.seen) {
                    watched.seen = row.getLong(2);
                    lose(watched, told);
                }
            }
        }
    }

    private static void lose(Watched watched, List<WatchFeed> told) {
        watched.feeds.forEach(WatchFeed::lost);
        told.addAll(watched.feeds);
    }

    /** Unmarks directories that nobody has watched for a while. */
    void rest(Duration timeout) {
        long now = System.nanoTime();
        List<String> unused = new ArrayList<>();
        byName.forEach((name, watched) -> {
            if (watched.feeds.isEmpty() && now - watched.unusedSince > LINGERING) {
                unused.add(name);
            }
        });
        if (!unused.isEmpty()) {
            boolean done = false;
            try {
                database.write("end watches", timeout, () -> unmark(unused), this::forget);
                done = true;
            } finally {
                if (!done) {
                    unused.forEach(this::keep);
                }
            }
        }
        if (byName.isEmpty() && listening != null) {
            end(timeout);
        }
    }

    private Map<String, Watched> unmark(List<String> unused) throws SQLException {
        Map<String, Watched> unmarked = new HashMap<>();
        for (String name : unused) {
            Watched watched = byName.get(name);
            if (watched != null && retire(watched)) {
                unmarked.put(name, watched);
                database.sql(Sql.END_WATCHER, self(), watched.directory).executeUpdate();
                database.sql(Sql.COUNT_WATCHER, watched.directory, -1).executeUpdate();
            }
        }
        return unmarked;
    }

    private static boolean retire(Watched watched) {
        synchronized (watched) {
            watched.retired = watched.feeds.isEmpty();
            return watched.retired;
        }
    }

    private void keep(String directory) {
        Watched watched = byName.get(directory);
        if (watched != null) {
            synchronized (watched) {
                watched.retired = false;
            }
        }
    }

    private void forget(Map<String, Watched> unmarked) {
        unmarked.forEach((name, watched) -> {
            byName.remove(name);
            byNumber.remove(watched.directory);
        });
    }

    /** Ends this process's part as one that watches, unless somebody watches again. */
    private void end(Duration timeout) {
        database.write("end watches", timeout, this::endSelf, ended -> {
            SessionTable.Opened opened = self;
            Cancellable listened = listening;
            if (ended && opened != null && listened != null) {
                opened.claim().close();
                listened.cancel();
                self = null;
                listening = null;
            }
        });
    }

    private boolean endSelf() throws SQLException {
        if (self() == 0 || !byName.isEmpty()) {
            return false;
        }
        sessions.end(self(), null);
        return true;
    }

    /** Ends all, without a word to the feeds: they have ended. */
    void close(Duration timeout) {
        forget(Map.copyOf(byName));
        if (self != null) {
            end(timeout);
        }
    }
}
