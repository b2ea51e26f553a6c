package dev.muster.store.memory;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import dev.muster.store.SessionLostException;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.DirectoryState;
import dev.muster.store.spi.WatchFeed;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One directory under one short monitor. Feeds are offered changes inside it, in order, and pumped outside. */
final class MemoryDirectory {

    private final MemorySpace space;
    private final DirectoryState state;
    private final List<WatchFeed> feeds = new CopyOnWriteArrayList<>();
    private boolean retired;

    MemoryDirectory(MemorySpace space, long revision) {
        this.space = space;
        this.state = new DirectoryState(revision);
    }

    /**
     * Answers null where this directory was retired: look it up again. The session is held for the time in the monitor
     * alone, so that its end does not wait for a listener.
     */
    @Nullable
    CommitResult commit(Commit commit, @Nullable MemorySession session, int directoryNameBytes) {
        if (session != null && !session.gate().enter()) {
            throw SessionLostException.of(commit);
        }
        CommitResult result;
        try {
            result = apply(commit, directoryNameBytes);
        } finally {
            if (session != null) {
                session.gate().exit();
            }
        }
        if (result != null) {
            pump();
        }
        return result;
    }

    private @Nullable CommitResult apply(Commit commit, int directoryNameBytes) {
        CommitResult result;
        boolean empty;
        synchronized (this) {
            if (retired) {
                return null;
            }
            removeEnded();
            Guard failing = state.failing(commit);
            if (failing != null) {
                commit.fate().never();
                result = new CommitResult.Refused(failing, state.snapshot(commit.reply()));
            } else {
                state.check(commit, directoryNameBytes);
                long revision = space.nextRevision();
                offer(state.apply(commit, revision));
                commit.fate().applied(revision);
                result = new CommitResult.Applied(revision, state.snapshot(commit.reply()));
            }
            empty = state.isEmpty();
        }
        if (empty) {
            space.emptied();
        }
        return result;
    }

    Listing list() {
        Listing listing;
        synchronized (this) {
            removeEnded();
            listing = state.listing();
        }
        pump();
        return listing;
    }

    /** Removes what ended sessions own. Answers whether there was any: pump then. */
    synchronized boolean reap() {
        return removeEnded();
    }

    synchronized boolean attach(WatchFeed feed) {
        return !retired && feeds.add(feed);
    }

    synchronized void detach(WatchFeed feed) {
        feeds.remove(feed);
    }

    synchronized boolean isEmpty() {
        return state.isEmpty();
    }

    /** Puts an empty directory that nobody watches out of use, for good. */
    synchronized boolean retire() {
        retired = state.isEmpty() && feeds.isEmpty();
        return retired;
    }

    private boolean removeEnded() {
        if (space.isAnyEnding()) {
            WatchEvent.Changed removed = state.removeOwned(space::isEnding, space::nextRevision);
            if (removed != null) {
                offer(removed);
                return true;
            }
        }
        return false;
    }

    private void offer(WatchEvent.Changed change) {
        for (WatchFeed feed : feeds) {
            feed.offer(change);
        }
    }

    /** Has the listeners told: foreign code may run, so never under a monitor. */
    void pump() {
        for (WatchFeed feed : feeds) {
            feed.pump();
        }
    }
}
