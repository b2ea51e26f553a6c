package dev.muster.store.ipc;

import dev.muster.host.SessionLocks;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a store in this process. It reads the logs that somebody watches, when the bell wakes it and on each
 * tick; on each tick it also sees to it that dead sessions are found, that its own are still known, and that the store
 * is still there.
 */
final class Keeper implements Runnable {

    /** How often all that is looked after which nobody tells: a crash is found within two ticks. */
    private static final long TICK = Duration.ofMillis(400).toNanos();

    /** How long it waits for more before it sleeps, once something came: a ring costs a writer more than a commit. */
    private static final long LULL = Duration.ofNanos(300_000).toNanos();

    private static final int TICKS_OF_TRUST = 4;
    private static final int TICKS_OF_REST = 30;
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    private final SharedSpace space;
    private final Path controlFile;
    private final @Nullable Object controlKey;
    private final Thread thread = new Thread(this, "muster-ipc");
    private volatile boolean stopped;
    private final Duty watching = new Duty("read the logs that are watched");
    private final Duty caring = new Duty("look for dead sessions");
    private long lastRound;
    private int ticks;

    Keeper(SharedSpace space, Path controlFile) {
        this.space = space;
        this.controlFile = controlFile;
        this.controlKey = keyOfControl();
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** Returns when the thread has ended. */
    void stop() {
        stopped = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        long nextTick = System.nanoTime() + TICK;
        boolean busy = false;
        while (!stopped) {
            boolean news = poll(busy ? 0 : space.bell());
            long now = System.nanoTime();
            if (now - nextTick >= 0) {
                tick();
                nextTick = now + TICK;
            }
            if (news) {
                LockSupport.parkNanos(LULL);
            } else if (!busy) {
                LockSupport.parkNanos(nextTick - now);
            }
            busy = news;
        }
    }

    private boolean poll(long bell) {
        boolean news = false;
        RuntimeException failure = null;
        for (Shard shard : space.shards()) {
            if (shard.isWatched()) {
                try {
                    news |= shard.poll(bell);
                } catch (RuntimeException e) {
                    failure = e;
                }
            }
        }
        watching.done(failure);
        return news;
    }

    private void tick() {
        try {
            care();
            caring.done(null);
        } catch (RuntimeException e) {
            caring.done(e);
        }
    }

    private void care() {
        if (ticks % TICKS_OF_TRUST == 0) {
            checkControl();
        }
        if (space.isBroken()) {
            return;
        }
        space.loseEnded();
        long round = space.control().round();
        if (round == lastRound) {
            if (space.control().beginRound(round)) {
                findDead();
            }
            round = space.control().round();
        }
        lastRound = round;
        if (++ticks % TICKS_OF_REST == 0) {
            space.shards().forEach(Shard::rest);
        }
    }

    /** A store that somebody removed lives on in memory, but newcomers would make another. */
    private void checkControl() {
        Object key = keyOfControl();
        if (controlKey != null && !controlKey.equals(key)) {
            space.fail(new StorageException("The ipc store of " + controlFile + " was removed while it was in use: open"
                    + " it again in every process"));
        }
    }

    private @Nullable Object keyOfControl() {
        try {
            return Files.readAttributes(controlFile, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.debug("could not look at {}", controlFile, e);
            return controlKey;
        }
    }

    /** Ends the sessions whose lock nobody holds any more, and those that somebody died ending. */
    private void findDead() {
        List<Long> suspects = new ArrayList<>();
        space.sessions().forEachAlive(suspects::add);
        space.sessions().forEachEnded(suspects::add);
        boolean found = false;
        for (long owner : suspects) {
            if (!space.own().containsKey(owner)) {
                found |= endIfDead(owner);
            }
        }
        if (found) {
            space.files().sweep();
        }
    }

    private boolean endIfDead(long owner) {
        SessionLocks.Claim claim = space.locks().tryClaim(SessionTable.incarnation(owner));
        if (claim == null) {
            return false;
        }
        Runnable tell;
        try {
            tell = space.end(owner);
        } finally {
            claim.close();
        }
        tell.run();
        return true;
    }

    /** What it does again and again: a failure is told once, until it is done. */
    private final class Duty {

        private final String what;
        private @Nullable String lastFailure;

        Duty(String what) {
            this.what = what;
        }

        void done(@Nullable RuntimeException failure) {
            String kind = failure == null ? null : failure.getClass().getName();
            if (kind != null && !kind.equals(lastFailure)) {
                LOG.warn("could not {} of the ipc store of {}; trying again", what, controlFile, failure);
                if (failure instanceof MusterException known) {
                    space.own().values().forEach(session -> session.failed(known));
                }
            }
            lastFailure = kind;
        }
    }
}
