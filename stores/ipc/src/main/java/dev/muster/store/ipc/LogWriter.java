package dev.muster.store.ipc;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import dev.muster.store.spi.DirectoryState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings commits into a shard's log. What a commit does is judged by the replica at the head; where another process is
 * faster, the replica reads on, and the commit is judged again. Not thread-safe: the shard's threads take turns.
 */
final class LogWriter {

    /** So often may another process be faster. */
    private static final int FEW = 1;

    /** So many records to read are few. */
    private static final int GLANCE = 32;

    private final SharedSpace space;
    private final int shard;
    private final Compaction compaction;
    private final Courtesy courtesy;

    /** The count of ended sessions whose entries were looked for here, -1 where none were. */
    private long reaped = -1;

    LogWriter(SharedSpace space, int shard) {
        this.space = space;
        this.shard = shard;
        this.courtesy = new Courtesy(space.control(), shard);
        this.compaction = new Compaction(space.files(), space.owners(), shard);
    }

    /** Before a turn: lets another process go first that has asked for it. By any thread. */
    void giveWay() {
        courtesy.giveWay();
    }

    /** After a turn. */
    void done() {
        courtesy.thank();
    }

    /** Knows nothing any more of what was done to this replica: it is another. */
    void forget() {
        reaped = -1;
    }

    /** Brings the replica to the head of the log, without anything that ended sessions own. */
    void refresh(Replica log) {
        catchUp(log);
        long seen = space.control().ended();
        while (seen != reaped) {
            List<Long> ended = new ArrayList<>();
            space.sessions().forEachEnded(owner -> {
                if (space.sessions().touches(owner, shard)) {
                    ended.add(owner);
                }
            });
            for (long owner : ended) {
                removeOwned(log, owner);
            }
            reaped = seen;
            seen = space.control().ended();
        }
    }

    /** Commits to a replica that was refreshed. */
    CommitResult commit(Replica log, Commit commit, @Nullable IpcSession session, int directoryNameBytes) {
        Draft draft = null;
        Arena arena = log.arena();
        int at = -1;
        for (int beaten = 0; ; beaten++) {
            if (session != null) {
                session.enter(shard);
            }
            Directory directory = log.directory(commit.directory());
            Guard failing = directory.state().failing(commit);
            if (failing != null) {
                commit.fate().never();
                return new CommitResult.Refused(failing, snapshot(log, directory, commit.reply()));
            }
            directory.state().check(commit, directoryNameBytes);
            if (draft == null) {
                draft = Draft.of(commit, directory.utf8(), session == null ? 0 : session.owner());
            }
            if (at < 0 || arena != log.arena()) {
                arena = log.arena();
                at = arena.reserve(draft.length(), draft.spare());
            }
            if (at < 0) {
                compaction.run(log, draft.length());
            } else {
                long revision = log.revision() + 1;
                if (publish(log, draft, at, revision, commit, directory)) {
                    if (session != null && !session.isAlive()) {
                        removeOwned(log, session.owner());
                    }
                    return new CommitResult.Applied(revision, snapshot(log, directory, commit.reply()));
                }
                if (beaten > FEW) {
                    courtesy.ask();
                }
            }
            refresh(log);
        }
    }

    /** Answers whether the commit is in the log, and in the replica. */
    private boolean publish(Replica log, Draft draft, int at, long revision, Commit commit, Directory directory) {
        draft.write(log.arena().pen(at), directory.state(), revision, space.owners());
        if (!log.arena().publish(log.position(), at)) {
            return false;
        }
        commit.fate().applied(revision);
        log.published();
        log.applied(at, directory, directory.state().apply(commit, revision));
        return true;
    }

    /** As {@link DirectoryState#snapshot}, but of the log's revision, which all processes have the same. */
    private static Snapshot snapshot(Replica log, Directory directory, Commit.Reply reply) {
        DirectoryState state = directory.state();
        return switch (reply) {
            case NOTHING -> Snapshot.NOTHING;
            case NAMES -> new Snapshot(log.revision(), state.snapshot(reply).knownNames(), null);
            case ENTRIES -> Snapshot.of(new Listing(log.revision(), List.copyOf(state.entries())));
        };
    }

    private void removeOwned(Replica log, long owner) {
        Draft draft = Draft.ofEnd(owner);
        while (log.isOwner(owner)) {
            int at = log.arena().reserve(draft.length(), draft.spare());
            if (at < 0) {
                compaction.run(log, draft.length());
            } else {
                long revision = log.revision() + 1;
                draft.writeEnd(log.arena().pen(at), revision);
                if (log.arena().publish(log.position(), at)) {
                    log.ended(at, owner, revision);
                    return;
                }
            }
            catchUp(log);
        }
    }

    private void catchUp(Replica log) {
        while (!log.catchUp(GLANCE)) {
            courtesy.ask();
        }
    }
}
