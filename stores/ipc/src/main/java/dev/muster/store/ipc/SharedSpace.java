package dev.muster.store.ipc;

import dev.muster.host.ProcessWide;
import dev.muster.host.SessionLocks;
import dev.muster.store.ConnectionException;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.Scheduler;
import dev.muster.store.StorageException;
import dev.muster.store.spi.WatchFeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What all stores of one folder share in this process: the mapped memory, the locks, and the thread that looks after it. */
final class SharedSpace {

    /** A process must open the lock file but once. */
    private static final ProcessWide<SharedSpace> OPEN =
            new ProcessWide<>("ipc", folder -> new SharedSpace(new StoreFolder(folder)), SharedSpace::close);

    private final StoreFolder folder;
    private final Control control;
    private final SessionTable sessions;
    private final Owners owners;
    private final LogFiles files;
    private final SessionLocks locks;
    private final Bells bells;
    private final Keeper keeper;
    private final AtomicReferenceArray<@Nullable Shard> shards = new AtomicReferenceArray<>(Control.SHARDS);
    private final List<Shard> known = new CopyOnWriteArrayList<>();
    private final Map<Long, IpcSession> own = new ConcurrentHashMap<>();
    private volatile @Nullable MusterException broken;

    /** Alone in its process, but for tests: see {@link #share}. */
    SharedSpace(StoreFolder folder) {
        this.folder = folder;
        try {
            this.control = Control.open(folder.control());
        } catch (IOException e) {
            throw new StorageException(
                    "Could not open the ipc store in " + folder.path() + " (" + e
                            + "): its user must be able to write there, and memory be free",
                    e);
        }
        this.sessions = control.sessions();
        this.owners = new Owners(control.identity());
        this.files = new LogFiles(folder.logs(), control);
        this.locks = SessionLocks.open(folder.locks());
        this.keeper = new Keeper(this, folder.control());
        this.bells = new Bells(folder.bells(), locks, keeper::wake);
        files.sweep();
        keeper.start();
    }

    static ProcessWide.Share<SharedSpace> share(Path folder) {
        return OPEN.share(folder);
    }

    Control control() {
        return control;
    }

    SessionTable sessions() {
        return sessions;
    }

    Owners owners() {
        return owners;
    }

    LogFiles files() {
        return files;
    }

    Keeper keeper() {
        return keeper;
    }

    SessionLocks locks() {
        return locks;
    }

    /** @throws MusterException where the store cannot be used any more */
    void check() {
        MusterException failure = broken;
        if (failure != null) {
            throw failure;
        }
    }

    boolean isBroken() {
        return broken != null;
    }

    /** The store is beyond repair for this process: its sessions are lost, its watches end. */
    void fail(MusterException failure) {
        if (broken == null) {
            broken = failure;
            own.values().forEach(session -> session.failed(failure));
            List.copyOf(own.values()).forEach(IpcSession::lose);
            shards().forEach(shard -> shard.endFeeds(failure));
        }
    }

    /** Which log a directory is in is part of the format: all versions on a host must agree. */
    Shard shard(String directory) {
        int hash = directory.hashCode();
        hash = (hash ^ hash >>> 16) * 0x85EB_CA6B;
        hash = (hash ^ hash >>> 13) * 0xC2B2_AE35;
        return shard(hash >>> 24);
    }

    Shard shard(int index) {
        Shard shard = shards.get(index);
        if (shard != null) {
            return shard;
        }
        Shard fresh = new Shard(this, index);
        if (shards.compareAndSet(index, null, fresh)) {
            known.add(fresh);
        }
        return shard(index);
    }

    /** The shards that this process has to do with. */
    List<Shard> shards() {
        return known;
    }

    List<String> paths(String prefix) {
        List<String> paths = new ArrayList<>();
        for (int index = 0; index < Control.SHARDS; index++) {
            if (control.arena(index) != 0) {
                paths.addAll(shard(index).paths(prefix));
            }
        }
        paths.sort(Names.BYTE_ORDER);
        return paths;
    }

    Listing list(String directory) {
        return shard(directory).list(directory);
    }

    void attach(String directory, WatchFeed feed) {
        shard(directory).attach(directory, feed, bells.listen());
    }

    void detach(String directory, WatchFeed feed) {
        shard(directory).detach(directory, feed);
    }

    /** The bell of this process, 0 while it watches nothing. */
    long bell() {
        return bells.bit();
    }

    /** Wakes the processes that sleep until this shard's log grows, but not our own, which was told. */
    void ring(int shard) {
        long others = control.sleepers(shard) & ~bells.exclusive();
        if (others != 0) {
            bells.ring(control.wake(shard, others));
        }
    }

    IpcSession openSession(Scheduler scheduler, Consumer<IpcSession> onEnd) {
        long incarnation = control.nextIncarnation();
        SessionLocks.Claim claim = locks.tryClaim(incarnation);
        if (claim == null) {
            throw new StorageException("Lock " + incarnation + " of " + folder.locks() + " is taken by other code: no"
                    + " session can be opened until it lets go of the file");
        }
        long owner = sessions.open(incarnation);
        if (owner < 0) {
            claim.close();
            throw new StorageException("The ipc store in " + folder.path() + " has " + Control.SESSIONS
                    + " sessions, the most it takes: close some, or share one in each process");
        }
        IpcSession session = new IpcSession(this, owner, owners.session(owner), claim, scheduler, onEnd);
        own.put(owner, session);
        return session;
    }

    /** Records a session's end and removes what it owned. Answers what tells those who watch. */
    Runnable end(IpcSession session) {
        return broken == null ? end(session.owner()) : () -> {};
    }

    /**
     * As {@link #end(IpcSession)}, of any process's session, whose lock the caller holds. Where it was recorded before,
     * but not all of it done, does the rest.
     */
    Runnable end(long owner) {
        List<Shard> changed = new ArrayList<>();
        if (sessions.end(owner)) {
            control.countEnd();
            for (int index = 0; index < Control.SHARDS; index++) {
                if (sessions.touches(owner, index) && shard(index).reap()) {
                    changed.add(shard(index));
                }
            }
            sessions.free(owner);
        }
        return () -> changed.forEach(Shard::tell);
    }

    /** Tells the sessions of this process that another one ended. */
    void loseEnded() {
        for (IpcSession session : own.values()) {
            if (!session.isAlive()) {
                session.lose();
            }
        }
    }

    void forget(IpcSession session) {
        own.remove(session.owner());
    }

    /** The sessions of this process. */
    Map<Long, IpcSession> own() {
        return own;
    }

    void close() {
        broken = new ConnectionException("The ipc store is closed: open it again");
        keeper.stop();
        shards().forEach(Shard::close);
        bells.close();
        locks.close();
    }
}
