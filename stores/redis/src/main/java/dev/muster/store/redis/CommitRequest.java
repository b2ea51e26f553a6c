package dev.muster.store.redis;

import dev.muster.store.Change;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;

/** A commit under way. */
final class CommitRequest extends Request {

    private static final int FIXED_ARGUMENTS = 15;
    private static final byte[] NO_SESSION = Resp.bytes("s");

    private final RedisClient client;
    private final Commit commit;
    private final @Nullable RedisSession session;
    private final int slot;
    final CompletableFuture<CommitResult> result = new CompletableFuture<>();

    CommitRequest(RedisClient client, Commit commit, @Nullable RedisSession session, long deadline, boolean awaited) {
        super(deadline, awaited);
        this.client = client;
        this.commit = commit;
        this.session = session;
        this.slot = client.self().takeSlot();
    }

    @Override
    byte[] encode(Live live) {
        if (session != null && session.state().isFinal()) {
            throw SessionLostException.of(commit);
        }
        Keys keys = client.options().keys();
        List<Guard> guards = commit.guards();
        List<Change> changes = commit.changes();
        Resp call = Script.COMMIT
                .call(3, FIXED_ARGUMENTS + 3 * (guards.size() + changes.size()))
                .add(client.storeKey())
                .add(client.endsKey())
                .add(keys.directory(commit.directory()))
                .add(client.self().epochField)
                .add(live.epoch)
                .add(client.self().lastField)
                .add(" " + client.self().topSlot())
                .add(client.self().slotField(slot))
                .add(commit.nonce().toString())
                .add(session == null ? NO_SESSION : session.field())
                .add(session == null ? "" : session.id())
                .add(reply(commit.reply()))
                .add(client.channel())
                .add(commit.directory())
                .add(client.ownedKey())
                .add(client.limits().directoryNameBytes())
                .add(guards.size())
                .add(changes.size());
        for (int i = 0; i < guards.size(); i++) {
            add(call, guards.get(i));
        }
        for (int i = 0; i < changes.size(); i++) {
            add(call, changes.get(i));
        }
        return call.toBytes();
    }

    private static String reply(Commit.Reply reply) {
        return switch (reply) {
            case NOTHING -> "0";
            case NAMES -> "1";
            case ENTRIES -> "2";
        };
    }

    private static void add(Resp call, Guard guard) {
        if (guard instanceof Guard.At at) {
            call.add("m").add(guard.name()).add(Math.max(0, at.revision()));
        } else if (guard instanceof Guard.Created created) {
            call.add("c").add(guard.name()).add(Math.max(0, created.revision()));
        } else {
            call.add(guard instanceof Guard.Absent ? "a" : "p")
                    .add(guard.name())
                    .add("");
        }
    }

    private static void add(Resp call, Change change) {
        if (change instanceof Change.Put put) {
            call.add(put.owned() ? "o" : "u").add(put.name()).add(put.value());
        } else if (change instanceof Change.Append append) {
            call.add(append.owned() ? "w" : "n").add(append.name()).add(append.value());
        } else {
            call.add("d").add(change.name()).add("");
        }
    }

    @Override
    boolean answered(Object reply, Live live) {
        if (reply instanceof JedisDataException error) {
            if (Failures.refusal(error) == Failures.Refusal.ELSEWHERE) {
                return false;
            }
            fail(Failures.refused(client.options(), error));
            return true;
        }
        if (reply instanceof byte[] revision) {
            long applied = Reply.number(revision);
            applied(applied, alone(applied));
            return true;
        }
        List<?> parts = Reply.list(reply);
        long code = Reply.number(parts.get(0));
        if (code == Answer.STRANGER) {
            return false;
        }
        client.keeper().ended(Reply.list(parts.get(code == Answer.APPLIED || code == Answer.REFUSED ? 2 : 1)));
        if (code == Answer.APPLIED) {
            applied(Reply.number(parts.get(1)), snapshot(parts));
        } else if (code == Answer.REFUSED) {
            Guard guard = commit.guards().get((int) Reply.number(parts.get(1)) - 1);
            commit.fate().never();
            done(new CommitResult.Refused(guard, snapshot(parts)));
        } else {
            fail(refusal(code, parts));
        }
        return true;
    }

    /** The snapshot where the one entry that this commit put is the only one. */
    private Snapshot alone(long revision) {
        if (commit.reply() == Commit.Reply.NOTHING) {
            return Snapshot.NOTHING;
        }
        for (Change change : commit.changes()) {
            if (!(change instanceof Change.Delete)) {
                return Snapshot.of(revision, List.of(change.name()));
            }
        }
        throw new IllegalStateException("Redis answered that what a commit put is all there is, and it put nothing");
    }

    private void applied(long revision, Snapshot snapshot) {
        commit.fate().applied(revision);
        client.self().saw(revision);
        if (session != null) {
            session.committed(revision);
        }
        if (client.options().waitFor() == 0) {
            done(new CommitResult.Applied(revision, snapshot));
            return;
        }
        CommitResult.Applied applied = new CommitResult.Applied(revision, snapshot);
        client.replicated().whenComplete((done, failure) -> {
            if (failure == null) {
                done(applied);
            } else {
                client.self().freeSlot(slot);
                result.completeExceptionally(new OutcomeUnknownException(commit, failure));
            }
        });
    }

    private MusterException refusal(long code, List<?> parts) {
        if (code == Answer.SESSION_ENDED && session != null) {
            session.lose();
            return SessionLostException.of(commit);
        }
        if (code == Answer.WRONG_OWNER) {
            return new OwnerMismatch("Entry " + Reply.text(parts.get(2)) + " of directory " + commit.directory()
                    + " has another owner than the session of this commit: delete it first, or put it unowned to keep"
                    + " its owner");
        }
        if (code == Answer.TOO_MANY_NAMES) {
            return new InvalidArgument("directory " + commit.directory() + " would hold "
                    + Reply.number(parts.get(2)) + " bytes of names: at most "
                    + client.limits().directoryNameBytes()
                    + " are allowed, so spread the entries over several directories");
        }
        return SessionLostException.of(commit);
    }

    private Snapshot snapshot(List<?> parts) {
        if (commit.reply() == Commit.Reply.NOTHING) {
            return Snapshot.NOTHING;
        }
        long revision = Reply.number(parts.get(3));
        client.self().saw(revision);
        List<?> flat = Reply.list(parts.get(4));
        return commit.reply() == Commit.Reply.NAMES
                ? Snapshot.of(revision, Reply.names(flat))
                : Snapshot.of(Reply.held(revision, flat).listing());
    }

    private void done(CommitResult verdict) {
        client.self().freeSlot(slot);
        result.complete(verdict);
    }

    private void fail(MusterException failure) {
        commit.fate().never();
        client.self().freeSlot(slot);
        result.completeExceptionally(failure);
    }

    /** The slot stays taken until the commit is settled. */
    @Override
    boolean lost() {
        client.settling().lost(commit, slot);
        result.completeExceptionally(new OutcomeUnknownException(
                commit,
                new ConnectionException("the connection to " + client.options().place() + " went away")));
        return false;
    }

    @Override
    void failed(MusterException failure) {
        fail(failure);
    }
}
