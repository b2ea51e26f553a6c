package dev.muster.store.zookeeper;

import dev.muster.store.Await;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Names;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.OwnerMismatch;
import dev.muster.store.SessionLostException;
import dev.muster.store.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One commit on its way: sent as what it most likely is; where that fails, what it names is read, and it is judged and sent
 * as that says, until it applies or is refused. Every attempt uses the same slot, so that one of them applies at most.
 */
final class CommitRun {

    /** What all commits of a store share. */
    record Desk(
            Settings settings,
            Layout layout,
            Line line,
            Slots slots,
            Listings listings,
            Recent recent,
            Crowds crowds,
            Fates fates) {}

    /** How long others may come in between before it is given up. */
    private static final Duration ATTEMPTS = Duration.ofSeconds(10);

    private final Desk desk;
    private final Commit commit;
    private final @Nullable ZooKeeperSession session;
    private final long deadline;
    private final CompletableFuture<CommitResult> result = new CompletableFuture<>();

    CommitRun(Desk desk, Commit commit, @Nullable ZooKeeperSession session) {
        this.desk = desk;
        this.commit = commit;
        this.session = session;
        this.deadline = System.nanoTime() + ATTEMPTS.toNanos();
    }

    CompletableFuture<CommitResult> start() {
        CompletableFuture<Handle> ready =
                session == null ? desk.line().ready("commit on " + commit.directory()) : session.ready();
        if (ready.isDone() && !ready.isCompletedExceptionally()) {
            withHandle(ready.join());
        } else {
            if (session != null) {
                // Waits no longer than the store's own connection is waited for.
                ready = ready.applyToEither(
                        desk.line().ready("commit on " + commit.directory()).thenCompose(line -> session.ready()),
                        h -> h);
            }
            ready.whenComplete((handle, failure) -> {
                if (failure == null) {
                    withHandle(handle);
                } else {
                    never(
                            session != null && session.state().isFinal()
                                    ? SessionLostException.of(commit)
                                    : known(failure));
                }
            });
        }
        return result;
    }

    private static MusterException known(Throwable failure) {
        return Await.cause(failure) instanceof MusterException known
                ? known
                : new StorageException("A commit failed in the ZooKeeper engine: see the cause", failure);
    }

    private void withHandle(Handle handle) {
        Slots.Slot slot = desk.slots().poll();
        if (slot != null) {
            withSlot(handle, slot);
            return;
        }
        desk.slots().make(desk.line().current()).whenComplete((made, failure) -> {
            if (failure == null) {
                withSlot(handle, made);
            } else {
                never(known(failure));
            }
        });
    }

    private void withSlot(Handle handle, Slots.Slot slot) {
        if (!desk.fates().begin(commit, slot)) {
            desk.slots().giveBack(slot);
            never(Failures.settled(commit));
            return;
        }
        new Way(handle, slot).go(null);
    }

    /** Not applied, and no slot is held for it. */
    private void never(RuntimeException why) {
        commit.fate().never();
        result.completeExceptionally(why);
    }

    /** One commit through one slot. */
    private final class Way {
        private final Handle handle;
        private final Slots.Slot slot;

        Way(Handle handle, Slots.Slot slot) {
            this.handle = handle;
            this.slot = slot;
        }

        void go(@Nullable Knowledge known) {
            if (session != null && session.state().isFinal()) {
                refuse(SessionLostException.of(commit));
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                refuse(Failures.notInTime(
                        "commit on " + commit.directory(), desk.settings().hosts()));
                return;
            }
            boolean crowded = desk.crowds().isCrowded(commit.directory()) && (known == null || known.names() == null);
            List<Op> plan = crowded
                    ? null
                    : Plan.of(commit, desk.layout(), desk.settings().acl(), known, desk.recent());
            if (plan == null) {
                learn();
            } else {
                send(plan, known == null);
            }
        }

        private void learn() {
            boolean withNames = desk.crowds().isCrowded(commit.directory());
            Knowledge.read(handle, desk.layout(), commit, withNames).whenComplete((known, failure) -> {
                if (failure != null) {
                    refuse(
                            session != null && session.state().isFinal()
                                    ? SessionLostException.of(commit)
                                    : known(failure));
                } else {
                    judge(known);
                }
            });
        }

        private void judge(Knowledge known) {
            for (Guard guard : commit.guards()) {
                if (!holds(guard, known.of(guard.name()))) {
                    handleRefusal(guard);
                    return;
                }
            }
            RuntimeException fault = fault(known);
            if (fault != null) {
                refuse(fault);
            } else {
                go(known);
            }
        }

        private boolean holds(Guard guard, @Nullable Stat stat) {
            if (stat == null || guard instanceof Guard.Absent) {
                return stat == null && guard instanceof Guard.Absent;
            }
            if (guard instanceof Guard.At at) {
                return handle.home().revision(stat.getMzxid()) == at.revision();
            }
            return !(guard instanceof Guard.Created created)
                    || handle.home().revision(stat.getCzxid()) == created.revision();
        }

        private @Nullable RuntimeException fault(Knowledge known) {
            for (Change change : commit.changes()) {
                Stat stat = known.of(change.name());
                if (stat != null
                        && change instanceof Change.Put put
                        && put.owned()
                        && stat.getEphemeralOwner() != handle.sessionId()) {
                    return new OwnerMismatch("Entry " + put.name() + " of directory " + commit.directory()
                            + " has another owner than the session of this commit: delete it first, or put it unowned"
                            + " to keep its owner");
                }
                if (stat != null && change instanceof Change.Append) {
                    return new InvalidArgument("an entry has the appended name " + change.name()
                            + " already: guard an append that is tried again by its absence");
                }
            }
            List<String> names = known.names();
            return names == null ? null : desk.crowds().fault(commit, names, known);
        }

        private void handleRefusal(Guard guard) {
            commit.fate().never();
            free();
            snapshot(handle, null)
                    .thenAccept(snapshot -> result.complete(new CommitResult.Refused(guard, snapshot)))
                    .exceptionally(failure -> {
                        result.completeExceptionally(known(failure));
                        return null;
                    });
        }

        private void send(List<Op> plan, boolean guessed) {
            List<Op> ops = new ArrayList<>(plan.size() + 1);
            ops.add(Op.setData(slot.path(), Fates.mark(commit), slot.version()));
            ops.addAll(plan);
            long sentAt = System.nanoTime();
            CompletableFuture<Handle.Reply> reply = handle.write(ops);
            String path = desk.layout().directory(commit.directory());
            boolean counts =
                    commit.reply() != Commit.Reply.NOTHING || desk.crowds().draws(commit);
            CompletableFuture<Handle.Children> children = counts ? handle.children(path) : null;
            reply.thenAccept(answer -> {
                if (session != null && !answer.results().isEmpty()) {
                    session.answered(sentAt);
                }
                if (answer.code() == Code.OK) {
                    applied(answer.zxid(), children);
                } else {
                    failed(answer, ops, guessed);
                }
            });
        }

        private void failed(Handle.Reply answer, List<Op> ops, boolean guessed) {
            int at = answer.failed();
            if (at < 0) {
                unanswered(answer.code());
            } else if (at == 0) {
                fenced(answer.code());
            } else if (answer.code() == Code.NODEEXISTS
                    || answer.code() == Code.NONODE
                    || answer.code() == Code.BADVERSION) {
                boolean creation = ops.get(at).getType() == org.apache.zookeeper.ZooDefs.OpCode.create;
                if (guessed && creation && answer.code() == Code.NONODE && onlyAbsent()) {
                    go(Knowledge.NO_DIRECTORY);
                } else {
                    learn();
                }
            } else if (answer.code() == Code.SESSIONEXPIRED || answer.code() == Code.SESSIONMOVED) {
                unanswered(answer.code());
            } else {
                refuse(Failures.reading(answer.code()));
            }
        }

        /** Whether the commit could apply in a directory of which nothing exists. */
        private boolean onlyAbsent() {
            return commit.guards().stream().allMatch(Guard.Absent.class::isInstance);
        }

        /** Somebody set the slot before: who asked what became of the commit. Or the slot is gone with its client. */
        private void fenced(Code code) {
            if (code == Code.NONODE && desk.fates().end(commit)) {
                desk.slots().make(desk.line().current()).whenComplete((made, failure) -> {
                    if (failure != null) {
                        never(known(failure));
                    } else {
                        withSlot(handle, made);
                    }
                });
                return;
            }
            commit.fate().never();
            desk.fates().end(commit);
            result.completeExceptionally(Failures.settled(commit));
        }

        /** It may have been applied. Where the session has ended, that is found out here, since it cannot be any more. */
        private void unanswered(Code code) {
            if (session != null && (session.state().isFinal() || code == Code.SESSIONEXPIRED)) {
                if (code == Code.SESSIONEXPIRED) {
                    session.lose();
                }
                desk.fates().settle(commit).whenComplete((settlement, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(new OutcomeUnknownException(commit, Await.cause(failure)));
                    } else if (settlement instanceof dev.muster.store.Settlement.Applied applied) {
                        answerLate(applied.revision());
                    } else {
                        result.completeExceptionally(SessionLostException.of(commit));
                    }
                });
                return;
            }
            result.completeExceptionally(new OutcomeUnknownException(commit, Failures.reading(code)));
        }

        private void answerLate(long revision) {
            snapshot(desk.line().current(), null)
                    .thenAccept(snapshot -> result.complete(new CommitResult.Applied(revision, snapshot)))
                    .exceptionally(failure -> {
                        result.completeExceptionally(known(failure));
                        return null;
                    });
        }

        private void applied(long zxid, @Nullable CompletableFuture<Handle.Children> children) {
            long revision = handle.home().revision(zxid);
            slot.moved();
            commit.fate().applied(revision);
            free();
            remember(revision);
            if (commit.reply() == Commit.Reply.NOTHING) {
                result.complete(new CommitResult.Applied(revision, Snapshot.NOTHING));
                if (children != null) {
                    children.thenAccept(found -> desk.crowds().saw(commit.directory(), found));
                }
                return;
            }
            snapshot(handle, children)
                    .thenAccept(snapshot -> result.complete(new CommitResult.Applied(revision, snapshot)))
                    // Applied it is: only the state that was asked for with it is not to be had.
                    .exceptionally(failure -> {
                        result.completeExceptionally(new OutcomeUnknownException(commit, Await.cause(failure)));
                        return null;
                    });
        }

        private void remember(long revision) {
            for (Change change : commit.changes()) {
                String path = desk.layout().entry(commit.directory(), change.name());
                if (change instanceof Change.Delete) {
                    desk.recent().deleted(path);
                } else if (Plan.isFresh(commit, change)) {
                    desk.recent().appended(path, revision);
                } else {
                    desk.recent().put(path);
                }
            }
        }

        private void refuse(RuntimeException why) {
            commit.fate().never();
            free();
            result.completeExceptionally(why);
        }

        private void free() {
            if (desk.fates().end(commit)) {
                desk.slots().giveBack(slot);
            }
        }
    }

    private CompletableFuture<Snapshot> snapshot(Handle handle, @Nullable CompletableFuture<Handle.Children> asked) {
        if (commit.reply() == Commit.Reply.NOTHING) {
            return CompletableFuture.completedFuture(Snapshot.NOTHING);
        }
        CompletableFuture<Handle.Children> children =
                asked != null ? asked : handle.children(desk.layout().directory(commit.directory()));
        return children.thenCompose(found -> {
            desk.crowds().saw(commit.directory(), found);
            List<String> own = ownNames(handle.home(), found);
            if (own != null) {
                return CompletableFuture.completedFuture(
                        Snapshot.of(handle.home().revision(found.zxid()), own));
            }
            return desk.listings().read(handle, commit.directory(), found).thenApply(this::snapshot);
        });
    }

    private Snapshot snapshot(Listing listing) {
        return commit.reply() == Commit.Reply.ENTRIES
                ? Snapshot.of(listing)
                : Snapshot.of(
                        listing.revision(),
                        listing.entries().stream().map(Entry::name).toList());
    }

    /** The names in order of creation, where the commit asked for names and made all that there are but one; else null. */
    private @Nullable List<String> ownNames(Home home, Handle.Children found) {
        Stat parent = found.parent();
        if (commit.reply() != Commit.Reply.NAMES
                || parent == null
                || !commit.fate()
                        .settlement()
                        .equals(java.util.Optional.of(
                                new dev.muster.store.Settlement.Applied(home.revision(parent.getPzxid()))))) {
            return null;
        }
        Set<String> fresh = commit.changes().stream()
                .filter(change -> Plan.isFresh(commit, change))
                .map(Change::name)
                .collect(Collectors.toSet());
        List<String> names = found.names().stream()
                .map(Layout::unescape)
                .sorted(Names.BYTE_ORDER)
                .toList();
        List<String> ordered = new ArrayList<>(names);
        ordered.removeAll(fresh);
        if (ordered.size() > 1) {
            return null;
        }
        // Nothing has come since: what else is there was there before.
        names.stream().filter(fresh::contains).forEach(ordered::add);
        return ordered;
    }
}
