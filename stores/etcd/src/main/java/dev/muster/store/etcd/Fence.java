package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.TxnRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The keys by which a client's commits know their fate. Each commit under way has one of them for itself: it applies only
 * where that key is as the last user of it left it, and leaves its mark there. So it applies once, however often it
 * arrives; whoever writes the key in between keeps it from ever applying; and the key tells whether and when it was
 * applied. They hang on a lease of an hour, so that a killed client leaves nothing.
 */
final class Fence {

    static final long LEASE_SECONDS = 3_600;

    private final Calls calls;
    private final Leases leases;
    private final Keys keys;
    private final Identity identity;
    private @Nullable CompletableFuture<Client> client;

    Fence(Calls calls, Leases leases, Keys keys, Identity identity) {
        this.calls = calls;
        this.leases = leases;
        this.keys = keys;
        this.identity = identity;
    }

    /** This client at one incarnation of the store, for as long as its lease lives. */
    static final class Client {
        final Incarnation incarnation;
        final long lease;
        final ByteString mark;
        private final Keys keys;
        private final Deque<Slot> free = new ArrayDeque<>();
        private int slots;

        Client(Incarnation incarnation, long lease, Keys keys) {
            this.incarnation = incarnation;
            this.lease = lease;
            this.mark = keys.client(lease);
            this.keys = keys;
        }

        synchronized Slot take() {
            Slot slot = free.poll();
            return slot == null ? new Slot(this, keys.fence(lease, slots++)) : slot;
        }

        synchronized void release(Slot slot) {
            free.push(slot);
        }
    }

    /** One key, and the revision that it was last seen to be written at: 0 where it never was. Has one user at a time. */
    static final class Slot {
        final Client client;
        final ByteString key;
        volatile long known;

        Slot(Client client, ByteString key) {
            this.client = client;
            this.key = key;
        }

        void wrote(long revision) {
            known = Math.max(known, revision);
        }
    }

    /** The present client; registers one where there is none, which takes two round trips. */
    CompletableFuture<Client> client() {
        CompletableFuture<Client> fresh;
        synchronized (this) {
            CompletableFuture<Client> known = client;
            if (known != null && !known.isCompletedExceptionally()) {
                return known;
            }
            fresh = new CompletableFuture<>();
            client = fresh;
        }
        register().whenComplete((registered, failure) -> {
            if (failure == null) {
                fresh.complete(registered);
            } else {
                fresh.completeExceptionally(failure);
            }
        });
        return fresh;
    }

    /** The client, where there is one. */
    synchronized @Nullable Client known() {
        CompletableFuture<Client> known = client;
        return known == null || !known.isDone() || known.isCompletedExceptionally() ? null : known.join();
    }

    /** Forgets a client whose lease has ended, or whose store has. */
    synchronized void forget(Client old) {
        CompletableFuture<Client> known = client;
        if (known != null && known.isDone() && !known.isCompletedExceptionally() && known.join() == old) {
            client = null;
        }
    }

    private CompletableFuture<Client> register() {
        Incarnation incarnation = identity.current();
        Client made = new Client(incarnation, Leases.next(), keys);
        TxnRequest mark = TxnRequest.newBuilder()
                .addCompare(Ops.valueIs(keys.store(), incarnation.value()))
                .addSuccess(Ops.put(made.mark, ByteString.EMPTY, made.lease))
                .build();
        return leases.grant(made.lease, LEASE_SECONDS)
                .thenCompose(granted -> calls.ask(KVGrpc.getTxnMethod(), mark))
                .thenApply(marked -> {
                    if (!marked.getSucceeded()) {
                        throw identity.replaced();
                    }
                    return made;
                });
    }
}
