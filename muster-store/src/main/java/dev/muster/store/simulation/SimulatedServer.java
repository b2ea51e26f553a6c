package dev.muster.store.simulation;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.Names;
import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.Settlement;
import dev.muster.store.TimeoutException;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The server of a simulation: what all its stores talk to. Its methods act at once, without any message. */
public class SimulatedServer {

    private static final long REAPING_NANOS = 50_000_000;

    private final Simulation simulation;
    private final Map<String, ServerDirectory> directories = new TreeMap<>(Names.BYTE_ORDER);
    private final Map<String, Lease> leases = new LinkedHashMap<>();
    private final Map<Nonce, Long> applied = new HashMap<>();
    private final Set<Nonce> fenced = new HashSet<>();
    private long identity = 1;
    private long revision = firstRevision(identity);
    private long sessions;
    private long subscriptions;
    private long upAt;
    private Duration longestLease = Duration.ZERO;

    SimulatedServer(Simulation simulation) {
        this.simulation = simulation;
    }

    /** What the directory holds at this moment: the truth, for checks. */
    public Listing holds(String path) {
        ServerDirectory directory = directories.get(path);
        if (directory == null) {
            return new Listing(revision, List.of());
        }
        List<Entry> living = directory.state.entries().stream()
                .filter(entry -> entry.ownerId() == null || leases.containsKey(entry.ownerId()))
                .toList();
        return new Listing(directory.state.revision(), living);
    }

    /** Whether the end of this session has not been recorded. */
    public boolean isAlive(Session session) {
        return leases.containsKey(session.id());
    }

    /** Ends a session at once, without waiting for its deadline: what no LEASE_SAFE engine does. */
    public void end(Session session) {
        end(session.id());
    }

    /** Hears no more heartbeat of the session, so that it ends at its deadline. */
    public void starve(Session session) {
        Lease lease = leases.get(session.id());
        if (lease != null) {
            lease.starved = true;
        }
    }

    public boolean isUp() {
        return simulation.loop().now() >= upAt;
    }

    /** Goes down for a while, forgets its connections, and gives every session its whole time again. */
    public void restart(Duration down) {
        simulation.note("server", () -> "down for " + down);
        directories.values().forEach(directory -> directory.subscriptions.clear());
        upAt = Math.max(upAt, simulation.loop().now() + down.toNanos());
        leases.values().forEach(lease -> lease.renew(upAt));
    }

    /** Loses all data and comes back as another store, once the last deadline that it gave has surely passed. */
    public void wipe(Duration down) {
        restart(down.plus(longestLease));
        simulation.note("server", () -> "wiped");
        directories.clear();
        leases.clear();
        applied.clear();
        fenced.clear();
        identity++;
        revision = firstRevision(identity);
    }

    /** Above all that a store before this one can have come to. */
    long firstRevision(long era) {
        return era << 32;
    }

    long identity() {
        return identity;
    }

    Lease open(Duration asked) {
        Limits limits = SimulatedStore.LIMITS;
        Duration timeout = asked.compareTo(limits.minSession()) < 0 ? limits.minSession() : asked;
        timeout = timeout.compareTo(limits.maxSession()) > 0 ? limits.maxSession() : timeout;
        longestLease = timeout.compareTo(longestLease) > 0 ? timeout : longestLease;
        Lease lease = new Lease(
                "sim-" + ++sessions + "-"
                        + Long.toHexString(simulation.chances().nextLong()),
                timeout);
        leases.put(lease.id, lease);
        lease.renew(simulation.loop().now());
        awaitEnd(lease);
        return lease;
    }

    private void awaitEnd(Lease lease) {
        // A server notices the end when it gets round to it, which is never too early.
        long slack = simulation.chances().skewed(1_000, Math.max(2_000, lease.timeout.toNanos() / 4));
        simulation.loop().at(lease.endsAt + slack, null, "lease due", () -> {
            if (leases.get(lease.id) == lease) {
                if (isUp() && simulation.loop().now() >= lease.endsAt) {
                    end(lease.id);
                } else {
                    awaitEnd(lease);
                }
            }
        });
    }

    /** A heartbeat. Answers false where the session has ended; nothing at all comes back for a starved one. */
    boolean renew(String sessionId) {
        Lease lease = leases.get(sessionId);
        if (lease == null) {
            return false;
        }
        if (chance(Fault.EARLY_EXPIRY)) {
            end(sessionId);
            return false;
        }
        lease.starved |= chance(Fault.STARVED_SESSION);
        if (lease.starved) {
            throw new Unanswered();
        }
        lease.renew(simulation.loop().now());
        return true;
    }

    void end(String sessionId) {
        if (leases.remove(sessionId) != null) {
            simulation.note("server", () -> "session " + sessionId + " ended");
            directories.values().forEach(directory -> directory.reapable = true);
            for (ServerDirectory directory : directories.values()) {
                simulation
                        .loop()
                        .after(simulation.chances().skewed(1_000, REAPING_NANOS), null, "reap", () -> reap(directory));
            }
        }
    }

    CommitResult commit(Commit commit) {
        if (isFenced(commit)) {
            throw new TimeoutException("The commit on " + commit.directory() + " came too late: it was settled before");
        }
        if (chance(Fault.BUSY_SERVER)) {
            throw new TimeoutException("The server had no time for the commit on " + commit.directory());
        }
        String sessionId = commit.sessionId();
        if (sessionId != null && hasEnded(sessionId)) {
            throw SessionLostException.of(commit);
        }
        ServerDirectory directory = directory(commit.directory());
        DirectoryState state = directory.state;
        Guard failing = state.failing(commit);
        if (failing != null) {
            simulation.note("server", () -> "refused for " + failing + ": " + commit);
            return new CommitResult.Refused(failing, state.snapshot(commit.reply()));
        }
        state.check(commit, SimulatedStore.LIMITS.directoryNameBytes());
        long at = nextRevision();
        directory.tell(state.apply(commit, at));
        applied.put(commit.nonce(), at);
        simulation.note("server", () -> "applied at " + at + ": " + commit);
        return new CommitResult.Applied(at, state.snapshot(commit.reply()));
    }

    boolean hasEnded(String sessionId) {
        return !leases.containsKey(sessionId);
    }

    /** Whether this commit was settled before it arrived. */
    boolean isFenced(Commit commit) {
        return fenced.contains(commit.nonce());
    }

    Settlement settle(Commit commit) {
        Long at = applied.get(commit.nonce());
        if (at != null) {
            return new Settlement.Applied(at);
        }
        fenced.add(commit.nonce());
        return new Settlement.Never();
    }

    Listing list(String path) {
        ServerDirectory directory = directories.get(path);
        if (directory == null) {
            return new Listing(revision, List.of());
        }
        reap(directory);
        return directory.state.listing();
    }

    List<String> directories(String prefix) {
        directories.values().forEach(this::reap);
        return directories.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix)
                        && !entry.getValue().state.isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A number for a subscription that no other has. */
    long nextSubscription() {
        return ++subscriptions;
    }

    /** Tells a watch of all changes after the listing that this answers. */
    Listing subscribe(String path, ServerSubscription subscription) {
        ServerDirectory directory = directory(path);
        directory.subscriptions.values().removeIf(subscription::replaces);
        directory.subscriptions.put(subscription.id(), subscription);
        return directory.state.listing();
    }

    void unsubscribe(String path, long id) {
        ServerDirectory directory = directories.get(path);
        if (directory != null) {
            directory.subscriptions.remove(id);
        }
    }

    /** How many changes a watch was sent so far, or -1 where it is not known here. */
    long sent(String path, long id) {
        ServerDirectory directory = directories.get(path);
        ServerSubscription subscription = directory == null ? null : directory.subscriptions.get(id);
        return subscription == null ? -1 : subscription.sent();
    }

    /** The directory without what ended sessions own, made where it is not there. */
    private ServerDirectory directory(String path) {
        ServerDirectory directory =
                directories.computeIfAbsent(path, absent -> new ServerDirectory(new DirectoryState(revision)));
        reap(directory);
        return directory;
    }

    private void reap(ServerDirectory directory) {
        if (directory.reapable) {
            directory.reapable = false;
            WatchEvent.Changed removed =
                    directory.state.removeOwned(owner -> !leases.containsKey(owner), this::nextRevision);
            if (removed != null) {
                simulation.note("server", () -> "reaped: " + removed);
                directory.tell(removed);
            }
        }
    }

    long nextRevision() {
        revision += simulation.chances().skewed(1, 16);
        simulation.trace().mix(revision);
        return revision;
    }

    private boolean chance(Fault fault) {
        return simulation.chances().chance(simulation.faults().rate(fault));
    }

    /** The server does not answer a request that it got. */
    static final class Unanswered extends RuntimeException {
        Unanswered() {
            super(null, null, false, false);
        }
    }
}
