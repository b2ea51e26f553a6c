package dev.muster.store.testkit.planted;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import dev.muster.store.Names;
import dev.muster.store.SessionLostException;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import dev.muster.store.spi.WatchFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The plainest store there is, under one monitor, with one fault planted. */
final class PlantedSpace {

    /** How long a fault that is a race leaves its window open. */
    static final long WINDOW_NANOS = 50_000;

    private static final class Directory {
        DirectoryState state = new DirectoryState(0);
        Listing previous = new Listing(0, List.of());
        final List<WatchFeed> feeds = new ArrayList<>();
        final Map<String, Map<Long, Integer>> versions = new HashMap<>();
    }

    private final Fault fault;
    private final Map<String, Directory> directories = new HashMap<>();
    private final Set<String> alive = new HashSet<>();
    private int lists;

    PlantedSpace(Fault fault) {
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }

    private Directory directory(String path) {
        return directories.computeIfAbsent(path, absent -> new Directory());
    }

    synchronized void begin(String session) {
        alive.add(session);
    }

    void end(String session) {
        List<Directory> all;
        synchronized (this) {
            if (!alive.remove(session)) {
                return;
            }
            all = List.copyOf(directories.values());
            all.forEach(directory -> removeOwned(directory, session));
        }
        all.forEach(PlantedSpace::pump);
    }

    private void removeOwned(Directory directory, String session) {
        if (fault == Fault.ENDS_A_SESSION_ENTRY_BY_ENTRY) {
            for (Entry entry : List.copyOf(directory.state.entries())) {
                if (session.equals(entry.ownerId())) {
                    apply(directory, Commit.in("x").delete(entry.name()).build());
                }
            }
            return;
        }
        directory.previous = directory.state.listing();
        WatchEvent.Changed removed = directory.state.removeOwned(session::equals, () -> directory.state.revision() + 1);
        if (removed != null) {
            directory.feeds.forEach(feed -> feed.offer(removed));
            forgetIfEmpty(directory);
        }
    }

    CommitResult commit(Commit commit) {
        if (fault == Fault.CHECKS_GUARDS_BEFOREHAND) {
            Guard failing;
            synchronized (this) {
                failing = directory(commit.directory()).state.failing(commit);
            }
            LockSupport.parkNanos(WINDOW_NANOS);
            if (failing == null) {
                return commit(commit, Commit.in(commit.directory()));
            }
        }
        Commit.Builder guarded = Commit.in(commit.directory());
        commit.guards().forEach(guarded::guard);
        return commit(commit, guarded);
    }

    private CommitResult commit(Commit commit, Commit.Builder guards) {
        Directory directory;
        CommitResult result;
        synchronized (this) {
            directory = directory(commit.directory());
            checkAlive(commit, directory);
            Guard failing = failing(directory, guards.build());
            if (failing != null) {
                commit.fate().never();
                result = new CommitResult.Refused(failing, directory.state.snapshot(commit.reply()));
            } else {
                directory.state.check(commit, 512 << 10);
                long revision = apply(directory, commit);
                commit.fate().applied(revision);
                result = new CommitResult.Applied(revision, directory.state.snapshot(commit.reply()));
                forgetIfEmpty(directory);
            }
        }
        pump(directory);
        return result;
    }

    private void checkAlive(Commit commit, Directory directory) {
        String session = commit.sessionId();
        if (session == null || alive.contains(session) || fault == Fault.LETS_AN_ENDED_SESSION_COMMIT) {
            return;
        }
        if (fault == Fault.APPLIES_THE_UNOWNED_PART_OF_AN_ENDED_SESSION) {
            Commit.Builder rest = Commit.in(commit.directory());
            for (Change change : commit.changes()) {
                if (change instanceof Change.Put put && !put.owned()) {
                    rest.change(change);
                }
            }
            apply(directory, rest.build());
        }
        throw new SessionLostException("Session " + session + " has ended: nothing was applied. Open another.");
    }

    private Guard failing(Directory directory, Commit commit) {
        Guard failing = directory.state.failing(commit);
        boolean sameVersion = fault == Fault.COMPARES_A_VERSION_THAT_RESTARTS
                && failing instanceof Guard.At at
                && directory.state.get(at.name()) != null
                && version(directory, at.name(), at.revision())
                        == version(
                                directory,
                                at.name(),
                                directory.state.get(at.name()).modified());
        return sameVersion ? null : failing;
    }

    /** How many puts an incarnation had at a revision: the same again in the next one. */
    private static int version(Directory directory, String name, long revision) {
        return directory.versions.getOrDefault(name, Map.of()).getOrDefault(revision, -1);
    }

    private long apply(Directory directory, Commit commit) {
        directory.previous = directory.state.listing();
        WatchEvent.Changed changed = directory.state.apply(commit, directory.state.revision() + 1);
        for (Entry put : changed.puts()) {
            Map<Long, Integer> versions = directory.versions.computeIfAbsent(put.name(), first -> new HashMap<>());
            int last = put.created() == put.modified() ? 0 : version(directory, put.name(), lastOf(directory, put));
            versions.put(put.modified(), last + 1);
        }
        directory.feeds.forEach(feed -> feed.offer(changed));
        return changed.revision();
    }

    private static long lastOf(Directory directory, Entry put) {
        return directory.previous.find(put.name()).map(Entry::modified).orElse(0L);
    }

    private void forgetIfEmpty(Directory directory) {
        if (fault == Fault.FORGETS_THE_REVISION_OF_AN_EMPTY_DIRECTORY && directory.state.isEmpty()) {
            directory.state = new DirectoryState(0);
        }
    }

    synchronized Listing list(String path) {
        Directory directory = directory(path);
        Listing now = directory.state.listing();
        boolean wrong = ++lists % 5 == 0;
        if (wrong && fault == Fault.ANSWERS_A_STALE_LISTING) {
            return directory.previous;
        }
        if (wrong && fault == Fault.MIXES_TWO_STATES_IN_A_LISTING) {
            return new Listing(now.revision(), mixed(now, directory.previous));
        }
        return now;
    }

    /** The present entries, but the first that has changed as it was before. */
    private static List<Entry> mixed(Listing now, Listing previous) {
        List<Entry> mixed = new ArrayList<>(now.entries());
        for (int i = 0; i < mixed.size(); i++) {
            Entry old = previous.find(mixed.get(i).name()).orElse(mixed.get(i));
            if (old.modified() != mixed.get(i).modified()
                    && old.created() == mixed.get(i).created()) {
                mixed.set(i, old);
                return mixed;
            }
        }
        return mixed;
    }

    synchronized List<String> paths(String prefix) {
        return directories.entrySet().stream()
                .filter(entry -> !entry.getValue().state.isEmpty())
                .map(Map.Entry::getKey)
                .filter(path -> path.startsWith(prefix))
                .sorted(Names.BYTE_ORDER)
                .toList();
    }

    synchronized void attach(String path, WatchFeed feed) {
        directory(path).feeds.add(feed);
    }

    synchronized void detach(String path, WatchFeed feed) {
        directory(path).feeds.remove(feed);
    }

    private static void pump(Directory directory) {
        List.copyOf(directory.feeds).forEach(WatchFeed::pump);
    }
}
