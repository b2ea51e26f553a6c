package dev.muster.store.testkit.wire;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.Nonce;
import dev.muster.store.SessionLostException;
import dev.muster.store.Settlement;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The state of the wire store and what clients may ask of it, under one monitor. */
final class WireServer {

    private static final int DIRECTORY_NAME_BYTES = 512 << 10;

    private final WireFault fault;
    private final Map<String, DirectoryState> directories = new HashMap<>();
    private final Map<String, Set<WireConnection>> watchers = new HashMap<>();
    private final Map<String, Long> sessions = new HashMap<>();
    private final Map<String, WireConnection> sessionConnections = new HashMap<>();
    private final Map<Nonce, Settlement> outcomes = new HashMap<>();
    private long revision = System.currentTimeMillis() * 1000;

    WireServer(WireFault fault) {
        this.fault = fault;
    }

    WireFault fault() {
        return fault;
    }

    private DirectoryState directory(String path) {
        return directories.computeIfAbsent(path, absent -> new DirectoryState(revision));
    }

    private long next() {
        return ++revision;
    }

    synchronized void begin(WireConnection from, String session, Duration timeout) {
        sessions.put(session, System.nanoTime() + timeout.toNanos());
        sessionConnections.put(session, from);
    }

    /** Answers whether the session is alive: for so much longer. */
    synchronized boolean heartbeat(WireConnection from, String session, Duration timeout) {
        reap();
        if (!sessions.containsKey(session) && fault != WireFault.BEGINS_A_SESSION_AGAIN_IN_SILENCE) {
            return false;
        }
        begin(from, session, timeout);
        return true;
    }

    synchronized void end(String session) {
        sessions.put(session, System.nanoTime());
        reap();
    }

    synchronized void disconnected(WireConnection gone) {
        watchers.values().forEach(connections -> connections.remove(gone));
        if (fault == WireFault.ENDS_SESSIONS_WITH_THEIR_CONNECTION) {
            sessionConnections.forEach((session, connection) -> {
                if (connection == gone) {
                    sessions.computeIfPresent(session, (id, expiry) -> System.nanoTime());
                }
            });
            reap();
        }
    }

    private void reap() {
        long now = System.nanoTime();
        if (!sessions.values().removeIf(expiry -> expiry - now <= 0)) {
            return;
        }
        directories.forEach((path, state) -> {
            WatchEvent.Changed removed = state.removeOwned(session -> !sessions.containsKey(session), this::next);
            if (removed != null) {
                tell(path, removed);
            }
        });
    }

    private void tell(String path, WatchEvent.Changed change) {
        watchers.getOrDefault(path, Set.of()).forEach(connection -> connection.notify(path, change));
    }

    synchronized CommitResult commit(Commit commit) {
        reap();
        if (outcomes.containsKey(commit.nonce()) && fault != WireFault.SENDS_AGAIN_BLINDLY) {
            throw new InvalidArgument("this commit was settled before: build another");
        }
        Settlement outcome = new Settlement.Never();
        try {
            String session = commit.sessionId();
            if (session != null && !sessions.containsKey(session) && fault != WireFault.APPLIES_FOR_AN_ENDED_SESSION) {
                throw new SessionLostException("Session " + session + " has ended: nothing was applied.");
            }
            DirectoryState state = directory(commit.directory());
            Guard failing = state.failing(commit);
            if (failing != null) {
                return new CommitResult.Refused(failing, state.snapshot(commit.reply()));
            }
            state.check(commit, DIRECTORY_NAME_BYTES);
            WatchEvent.Changed change = state.apply(commit, next());
            outcome = new Settlement.Applied(change.revision());
            tell(commit.directory(), change);
            return new CommitResult.Applied(change.revision(), state.snapshot(commit.reply()));
        } finally {
            outcomes.put(commit.nonce(), outcome);
        }
    }

    /** After NEVER a commit that is still under way finds its nonce taken. */
    synchronized Settlement settle(Nonce nonce) {
        if (fault == WireFault.SETTLES_BY_READING) {
            return outcomes.getOrDefault(nonce, new Settlement.Never());
        }
        return outcomes.computeIfAbsent(nonce, unknown -> new Settlement.Never());
    }

    synchronized Listing list(String path) {
        reap();
        DirectoryState state = directory(path);
        return new Listing(Math.max(state.revision(), 1), state.listing().entries());
    }

    synchronized long revision(String path) {
        reap();
        return directory(path).revision();
    }

    synchronized void watch(WireConnection from, String path) {
        watchers.computeIfAbsent(path, first -> new HashSet<>()).add(from);
    }

    synchronized List<String> paths(String prefix) {
        reap();
        return directories.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .filter(path -> path.startsWith(prefix))
                .sorted(Names.BYTE_ORDER)
                .toList();
    }

    /** What a request failed with, to be thrown by the client. */
    record Failed(MusterException cause) {}
}
