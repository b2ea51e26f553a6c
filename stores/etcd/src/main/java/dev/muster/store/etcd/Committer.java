package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.ConnectionException;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.OwnerMismatch;
import dev.muster.store.SessionLostException;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import dev.muster.store.etcd.Calls.Answer;
import dev.muster.store.etcd.CommitPlan.Refusal;
import dev.muster.store.etcd.Fence.Slot;
import dev.muster.store.etcd.Reader.State;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sends commits, and settles those of which no answer came. */
final class Committer {

    /** The session's is there, since its key is: so it is the fence's. */
    private static final String NO_LEASE = "requested lease not found";

    private static final String FENCED = Fence.LEASE_SECONDS / 60 + " minutes";

    private final Calls calls;
    private final Keys keys;
    private final Identity identity;
    private final Fence fence;
    private final Reader reader;
    private final Room room;
    private final Failures failures;

    /** Commits whose fate is not known yet. */
    private final Map<Commit, Sending> underway = new ConcurrentHashMap<>();

    Committer(Calls calls, Keys keys, Identity identity, Fence fence, Reader reader, Room room, Failures failures) {
        this.calls = calls;
        this.keys = keys;
        this.identity = identity;
        this.fence = fence;
        this.reader = reader;
        this.room = room;
        this.failures = failures;
    }

    CompletableFuture<CommitResult> commit(Commit commit, @Nullable EtcdSession session) {
        Sending sending = new Sending(commit);
        // Of one that was sent before, what is known stays.
        underway.putIfAbsent(commit, sending);
        try {
            commit.fate().send(commit);
        } catch (InvalidArgument sentBefore) {
            underway.remove(commit, sending);
            throw sentBefore;
        }
        return fence.client()
                .thenCompose(client -> send(sending, client, session))
                .handle((result, failure) -> answered(sending, result, failure))
                .thenCompose(future -> future);
    }

    private CompletableFuture<CommitResult> send(Sending sending, Fence.Client client, @Nullable EtcdSession session) {
        Slot slot = client.take();
        if (!sending.begin(slot)) {
            client.release(slot);
            throw forestalled(sending.commit);
        }
        return new Attempt(sending, slot, session).send(Set.of()).whenComplete((result, failure) -> {
            if (failure != null && Await.cause(failure) instanceof CallFailure call && call.says(NO_LEASE)) {
                fence.forget(client);
            }
        });
    }

    /** The first final answer stays; without one the commit is kept until it is settled. */
    private CompletableFuture<CommitResult> answered(
            Sending sending, @Nullable CommitResult result, @Nullable Throwable failure) {
        Commit commit = sending.commit;
        MusterException told = failure == null ? null : failures.ofCommit(failure, commit);
        if (told != null && commit.fate().settlement().orElse(null) instanceof Settlement.Applied) {
            // Only the state that was asked for could not be read.
            told = new OutcomeUnknownException(commit, told);
        }
        boolean known = commit.fate().settlement().isPresent() || !(told instanceof OutcomeUnknownException);
        if (result instanceof CommitResult.Applied applied) {
            commit.fate().applied(applied.revision());
        } else if (known) {
            commit.fate().never();
        }
        sending.answered(known);
        if (known) {
            underway.remove(commit, sending);
        }
        return told == null ? CompletableFuture.completedFuture(result) : CompletableFuture.failedFuture(told);
    }

    /** One commit with its slot, over as many transactions as it takes: one, nearly always. */
    private final class Attempt {

        private final Sending sending;
        private final Commit commit;
        private final Slot slot;
        private final Incarnation incarnation;
        private final @Nullable EtcdSession session;
        private final Placing placing;

        Attempt(Sending sending, Slot slot, @Nullable EtcdSession session) {
            this.sending = sending;
            this.commit = sending.commit;
            this.slot = slot;
            this.incarnation = slot.client.incarnation;
            this.session = session;
            this.placing = new Placing(keys.directory(commit.directory()));
        }

        CompletableFuture<CommitResult> send(Set<String> there) {
            if (!room.mustMeasure(commit)) {
                return send(there, null);
            }
            return reader.read(commit.directory(), true)
                    .thenCompose(state -> send(there, room.measure(commit, state.etcdRevision(), state.names())));
        }

        private CompletableFuture<CommitResult> send(Set<String> there, Room.@Nullable Measured measured) {
            CommitPlan plan = new CommitPlan(sending, incarnation, keys, slot, session, placing, there);
            if (measured != null || !plan.isSure()) {
                return send(plan, measured, false);
            }
            return brief(plan)
                    .thenCompose(answer -> answer.response().getSucceeded()
                            ? applied(answer.response())
                            : send(plan, null, answer.uncertain()));
        }

        /** @param uncertain whether the request, sent before, may still be carried out */
        private CompletableFuture<CommitResult> send(
                CommitPlan plan, Room.@Nullable Measured measured, boolean uncertain) {
            return call(plan, measured, uncertain).thenCompose(answer -> {
                if (!answer.response().getSucceeded()) {
                    Refusal refusal = plan.refusal(answer.response());
                    return (uncertain || answer.uncertain()) && !(refusal instanceof Refusal.AppliedBefore)
                            ? settleFirst(refusal, answer.response())
                            : refused(refusal, answer.response());
                }
                if (measured != null && measured.isFull()) {
                    throw room.full(commit, measured);
                }
                return applied(answer.response());
            });
        }

        /** The answer has not succeeded where the transaction must say more, or be told more. */
        private CompletableFuture<Answer<TxnResponse>> brief(CommitPlan plan) {
            return calls.call(KVGrpc.getTxnMethod(), plan.brief())
                    .exceptionallyCompose(failure ->
                            Await.cause(failure) instanceof CallFailure call && (call.says(NO_LEASE) || call.isFull())
                                    ? CompletableFuture.completedFuture(
                                            new Answer<>(TxnResponse.getDefaultInstance(), call.isUncertain()))
                                    : CompletableFuture.failedFuture(failure));
        }

        /** Where the space is used up, what only deletes goes without its mark. */
        private CompletableFuture<Answer<TxnResponse>> call(
                CommitPlan plan, Room.@Nullable Measured measured, boolean uncertain) {
            CompletableFuture<Answer<TxnResponse>> answer = calls.call(KVGrpc.getTxnMethod(), plan.request(measured));
            if (uncertain) {
                return answer.exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        Await.cause(failure) instanceof CallFailure call ? call.madeUncertain() : failure));
            }
            return answer.exceptionallyCompose(
                    failure -> Await.cause(failure) instanceof CallFailure call && call.isFull() && !call.isUncertain()
                            ? whereFull(plan, call)
                            : CompletableFuture.failedFuture(failure));
        }

        /** Who says that there is no room may have carried the request out: the fence tells. */
        private CompletableFuture<Answer<TxnResponse>> whereFull(CommitPlan plan, CallFailure full) {
            return calls.call(KVGrpc.getTxnMethod(), plan.look())
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                            Await.cause(failure) instanceof CallFailure call ? call.madeUncertain() : failure))
                    .thenCompose(looked -> {
                        if (!looked.response().getSucceeded()) {
                            return CompletableFuture.completedFuture(new Answer<>(looked.response(), false));
                        }
                        if (!plan.canGoUnmarked()) {
                            return CompletableFuture.failedFuture(full);
                        }
                        sending.goesUnmarked();
                        return calls.once(KVGrpc.getTxnMethod(), plan.unmarked());
                    });
        }

        private CompletableFuture<CommitResult> applied(TxnResponse response) {
            long at = response.getHeader().getRevision();
            if (!sending.isUnmarked()) {
                slot.wrote(at);
            }
            commit.fate().applied(incarnation.revision(at));
            identity.saw(at);
            return snapshot(response, at).thenApply(state -> new CommitResult.Applied(incarnation.revision(at), state));
        }

        /** A copy of the request may still arrive, and find the guards to hold by then: it must not apply any more. */
        private CompletableFuture<CommitResult> settleFirst(Refusal refusal, TxnResponse response) {
            return settle(sending)
                    .exceptionallyCompose(failure ->
                            CompletableFuture.failedFuture(new OutcomeUnknownException(commit, Await.cause(failure))))
                    .thenCompose(settlement -> settlement instanceof Settlement.Applied applied
                            ? appliedBefore(applied.revision())
                            : refused(refusal, response));
        }

        private CompletableFuture<CommitResult> refused(Refusal refusal, TxnResponse response) {
            if (refusal instanceof Refusal.AppliedBefore before) {
                slot.wrote(before.etcdRevision());
                return appliedBefore(incarnation.revision(before.etcdRevision()));
            }
            if (refusal instanceof Refusal.GuardFailed failed) {
                return refused(failed.guard(), response);
            }
            if (refusal instanceof Refusal.Again again) {
                return send(again.there());
            }
            return CompletableFuture.failedFuture(failure(refusal));
        }

        private CompletableFuture<CommitResult> refused(Guard guard, TxnResponse response) {
            return snapshot(response, response.getHeader().getRevision())
                    .thenApply(state -> new CommitResult.Refused(guard, state));
        }

        private MusterException failure(Refusal refusal) {
            if (refusal instanceof Refusal.SessionEnded && session != null) {
                session.lose();
                return SessionLostException.of(commit);
            }
            if (refusal instanceof Refusal.WrongOwner wrong) {
                return new OwnerMismatch("Entry " + wrong.name() + " of directory " + commit.directory()
                        + " has another owner than the session of this commit: delete it first, or put it unowned to"
                        + " keep its owner");
            }
            if (refusal instanceof Refusal.OtherStore) {
                fence.forget(slot.client);
                return identity.replaced();
            }
            if (refusal instanceof Refusal.Fenced fenced && fenced.gone()) {
                fence.forget(slot.client);
                return new ConnectionException("The commit on " + commit.directory() + " was not applied: this client"
                        + " was cut off from etcd for longer than " + FENCED + ", which has forgotten it. Build a new"
                        + " commit to try anew.");
            }
            return forestalled(commit);
        }

        /** What was asked for of the state after it: read now, since the answer that had it was lost. */
        private CompletableFuture<CommitResult> appliedBefore(long revision) {
            commit.fate().applied(revision);
            if (commit.reply() == Commit.Reply.NOTHING) {
                return CompletableFuture.completedFuture(new CommitResult.Applied(revision, Snapshot.NOTHING));
            }
            return reader.read(commit.directory(), commit.reply() == Commit.Reply.NAMES)
                    .thenApply(state -> new CommitResult.Applied(revision, snapshot(state)));
        }

        private CompletableFuture<Snapshot> snapshot(TxnResponse response, long at) {
            RangeResponse range = response.getResponsesCount() == 0
                    ? RangeResponse.getDefaultInstance()
                    : response.getResponses(response.getResponsesCount() - 1).getResponseRange();
            if (commit.reply() == Commit.Reply.NOTHING) {
                if (response.getSucceeded() && Room.mayAdd(commit)) {
                    room.counted(commit.directory(), range.getCount());
                }
                return CompletableFuture.completedFuture(Snapshot.NOTHING);
            }
            room.counted(commit.directory(), range.getCount());
            return reader.complete(incarnation, commit.directory(), range, at, commit.reply() == Commit.Reply.NAMES)
                    .thenApply(this::snapshot);
        }

        private Snapshot snapshot(State state) {
            return commit.reply() == Commit.Reply.NAMES
                    ? Snapshot.of(state.incarnation().revision(state.etcdRevision()), state.names())
                    : Snapshot.of(state.listing());
        }
    }

    private static TimeoutException forestalled(Commit commit) {
        return new TimeoutException("The commit on " + commit.directory()
                + " was settled before it was carried out: nothing was applied. Build a new commit to try anew.");
    }

    CompletableFuture<Settlement> settle(Commit commit) {
        commit.fate().forestall();
        Sending sending = underway.get(commit);
        Optional<Settlement> known = commit.fate().settlement();
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        if (sending == null) {
            return CompletableFuture.failedFuture(new InvalidArgument(
                    "the commit on " + commit.directory() + " was sent by another store object: settle it there"));
        }
        return settle(sending);
    }

    private CompletableFuture<Settlement> settle(Sending sending) {
        Commit commit = sending.commit;
        Slot slot = sending.forestall();
        if (slot == null) {
            commit.fate().never();
            return CompletableFuture.completedFuture(commit.fate().settlement().orElseGet(Settlement.Never::new));
        }
        CompletableFuture<Settlement> mine = new CompletableFuture<>();
        CompletableFuture<Settlement> other = sending.settling(mine);
        if (other != null) {
            return other.copy();
        }
        calls.ask(KVGrpc.getTxnMethod(), settlement(sending, slot))
                .thenApply(answer -> {
                    if (sending.isUnmarked()) {
                        throw unknowable(commit, "it was sent while the space of etcd was used up");
                    }
                    return settled(commit, slot, answer);
                })
                .whenComplete((settlement, failure) -> {
                    sending.settled(failure == null);
                    if (failure == null) {
                        underway.remove(commit, sending);
                        mine.complete(settlement);
                    } else {
                        mine.completeExceptionally(failures.of(failure, "settle a commit on " + commit.directory()));
                    }
                });
        return mine.copy();
    }

    /**
     * Reads the fence where the commit has written it, else writes it, while the client's lease lives. The fence of a
     * commit without a mark is removed: that takes no space, and keeps the commit out.
     */
    private TxnRequest settlement(Sending sending, Slot slot) {
        Incarnation incarnation = slot.client.incarnation;
        if (sending.isUnmarked()) {
            return TxnRequest.newBuilder().addSuccess(Ops.delete(slot.key)).build();
        }
        return TxnRequest.newBuilder()
                .addCompare(Ops.valueIs(keys.store(), incarnation.value()))
                .addCompare(Ops.valueIs(slot.key, sending.mark))
                .addSuccess(Ops.get(slot.key))
                .addFailure(Ops.get(keys.store()))
                .addFailure(Ops.op(TxnRequest.newBuilder()
                        .addCompare(Ops.valueIs(keys.store(), incarnation.value()))
                        .addCompare(Ops.present(slot.client.mark))
                        .addSuccess(Ops.put(slot.key, ByteString.EMPTY, slot.client.lease))))
                .build();
    }

    private Settlement settled(Commit commit, Slot slot, TxnResponse answer) {
        Incarnation incarnation = slot.client.incarnation;
        if (answer.getSucceeded()) {
            long at = answer.getResponses(0).getResponseRange().getKvs(0).getModRevision();
            slot.wrote(at);
            commit.fate().applied(incarnation.revision(at));
            return new Settlement.Applied(incarnation.revision(at));
        }
        List<KeyValue> store = answer.getResponses(0).getResponseRange().getKvsList();
        boolean fenced = answer.getResponses(1).getResponseTxn().getSucceeded();
        if (!fenced && !identity.isOther(incarnation, store)) {
            fence.forget(slot.client);
            throw unknowable(commit, "this client was cut off from etcd for longer than " + FENCED);
        }
        // In another store nothing is left of it, nor can it be applied there.
        slot.wrote(answer.getHeader().getRevision());
        commit.fate().never();
        return commit.fate().settlement().orElseGet(Settlement.Never::new);
    }

    private static StorageException unknowable(Commit commit, String why) {
        return new StorageException("The outcome of a commit on " + commit.directory() + " cannot be known any more: "
                + why + ". It can no longer be applied; read what is there.");
    }

    /** Fails for those who come after the store was closed. */
    static ConnectionException closedStore() {
        return new ConnectionException("The etcd store is closed: open it again");
    }
}
