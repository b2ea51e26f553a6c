package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.ConnectionException;
import dev.muster.store.etcd.Calls.Answer;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which incarnation of the store this client works with. Makes the store where there is none, and with it ends the fences
 * of all clients: a fence that was written tells of the incarnation too, and no commit need ask for both. Thread-safe.
 */
final class Identity {

    private static final Logger LOG = LoggerFactory.getLogger(Identity.class);

    private static final Duration LOADING = Duration.ofMillis(2_500);

    private final Calls calls;
    private final ByteString key;
    private final ByteString clients;
    private final ServerClock clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Incarnation current;
    private final AtomicLong highest = new AtomicLong();
    private @Nullable CompletableFuture<Incarnation> loading;

    Identity(Calls calls, Keys keys, ServerClock clock) {
        this.calls = calls;
        this.key = keys.store();
        this.clients = keys.clients();
        this.clock = clock;
    }

    /** Known once the store is open. */
    Incarnation current() {
        Incarnation known = current;
        if (known == null) {
            throw new IllegalStateException("the store was not opened");
        }
        return known;
    }

    /** Listeners are called when the store was found to be another one: on an I/O thread, with nothing held. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Reads anew which store this is; one read at a time, however many ask. */
    CompletableFuture<Incarnation> load() {
        CompletableFuture<Incarnation> mine;
        synchronized (this) {
            if (loading != null) {
                return loading;
            }
            mine = new CompletableFuture<>();
            loading = mine;
        }
        RangeRequest get = RangeRequest.newBuilder().setKey(key).build();
        Duration within = calls.timeout().compareTo(LOADING) < 0 ? calls.timeout() : LOADING;
        calls.call(KVGrpc.getRangeMethod(), get, within)
                .thenApply(Answer::response)
                .thenCompose(found -> found.getKvsCount() == 0
                        ? make()
                        : CompletableFuture.completedFuture(Incarnation.read(found.getKvs(0))))
                .whenComplete((incarnation, failure) -> {
                    synchronized (this) {
                        loading = null;
                    }
                    if (failure == null) {
                        loaded(incarnation);
                        mine.complete(incarnation);
                    } else {
                        mine.completeExceptionally(failure);
                    }
                });
        return mine;
    }

    /** Two clients may both find no store: the first one makes it. */
    private CompletableFuture<Incarnation> make() {
        Incarnation old = current;
        return clock.seconds().thenCompose(seconds -> {
            Incarnation made = Incarnation.make(seconds, old == null ? 0 : old.era() + (1L << 32));
            TxnRequest put = TxnRequest.newBuilder()
                    .addCompare(Ops.absent(key))
                    .addSuccess(Ops.put(key, made.value(), 0))
                    .addSuccess(Ops.deleteAll(clients))
                    .addFailure(Ops.get(key))
                    .build();
            return calls.call(KVGrpc.getTxnMethod(), put).thenApply(answer -> made(answer, made));
        });
    }

    private static Incarnation made(Answer<TxnResponse> answer, Incarnation made) {
        return answer.response().getSucceeded()
                ? made
                : Incarnation.read(
                        answer.response().getResponses(0).getResponseRange().getKvs(0));
    }

    /** A revision of etcd that was answered for the present incarnation. */
    void saw(long etcdRevision) {
        highest.accumulateAndGet(etcdRevision, Math::max);
    }

    /** What a linearizable answer to a request that is sent from now on cannot be below. */
    long highest() {
        return highest.get();
    }

    /**
     * The revisions of etcd went back: it was restored from a backup, the identity of the store too. Makes another store
     * of it, with revisions above all that this client has seen.
     */
    void rewound(Incarnation restored, long seen) {
        LOG.warn("etcd went back from revision {}: it was restored from a backup", seen);
        clock.seconds()
                .thenCompose(seconds -> {
                    Incarnation made = Incarnation.make(seconds, restored.era() + Math.max(1L << 32, seen));
                    TxnRequest put = TxnRequest.newBuilder()
                            .addCompare(Ops.valueIs(key, restored.value()))
                            .addSuccess(Ops.put(key, made.value(), 0))
                            .addSuccess(Ops.deleteAll(clients))
                            .build();
                    return calls.call(KVGrpc.getTxnMethod(), put);
                })
                .whenComplete((done, failure) -> load());
    }

    private void loaded(Incarnation incarnation) {
        Incarnation old = current;
        if (!incarnation.equals(old)) {
            highest.set(0);
        }
        current = incarnation;
        if (old != null && !old.equals(incarnation)) {
            LOG.warn("the store in etcd was emptied or replaced: all sessions are lost, and revisions go on above");
            listeners.forEach(Runnable::run);
        }
    }

    /** What a transaction found in place of the store that it expected. */
    ConnectionException replaced() {
        load();
        return new ConnectionException("The store in etcd was emptied or replaced by another: nothing was done. What it"
                + " held is gone, sessions too. Try again, with a new session.");
    }

    boolean isOther(Incarnation expected, List<KeyValue> stored) {
        return stored.isEmpty() || !stored.get(0).getValue().equals(expected.value());
    }
}
