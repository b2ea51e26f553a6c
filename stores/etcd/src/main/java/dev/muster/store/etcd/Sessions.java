package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Limits;
import dev.muster.store.Scheduler;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.TxnRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The sessions of a client: each a lease, and a key on it that commits ask for. */
final class Sessions {

    private final Calls calls;
    private final Leases leases;
    private final Keys keys;
    private final Identity identity;
    private final Heart heart;
    private final WatchStream stream;
    private final Limits limits;
    private final Scheduler scheduler;
    private final Map<String, EtcdSession> open = new ConcurrentHashMap<>();
    private final Map<EtcdSession, EndNotice> notices = new ConcurrentHashMap<>();

    Sessions(
            Calls calls,
            Leases leases,
            Keys keys,
            Identity identity,
            Heart heart,
            WatchStream stream,
            Limits limits,
            Scheduler scheduler) {
        this.calls = calls;
        this.leases = leases;
        this.keys = keys;
        this.identity = identity;
        this.heart = heart;
        this.stream = stream;
        this.limits = limits;
        this.scheduler = scheduler;
        identity.onChange(() -> all().forEach(EtcdSession::lose));
    }

    @Nullable
    EtcdSession find(String id) {
        return open.get(id);
    }

    List<EtcdSession> all() {
        return List.copyOf(open.values());
    }

    CompletableFuture<Session> open(SessionOptions options) {
        Incarnation incarnation = identity.current();
        long lease = Leases.next();
        ByteString key = keys.session(lease);
        TxnRequest put = TxnRequest.newBuilder()
                .addCompare(Ops.valueIs(keys.store(), incarnation.value()))
                .addSuccess(Ops.put(key, ByteString.EMPTY, lease))
                .build();
        long grantedFrom = scheduler.nanoTime();
        return leases.grant(lease, seconds(options.timeout()))
                .thenCompose(granted -> calls.ask(KVGrpc.getTxnMethod(), put).thenApply(answer -> {
                    if (!answer.getSucceeded()) {
                        throw identity.replaced();
                    }
                    Duration timeout = Duration.ofSeconds(granted);
                    return begin(incarnation, lease, key, timeout, grantedFrom);
                }));
    }

    private Session begin(Incarnation incarnation, long lease, ByteString key, Duration timeout, long grantedFrom) {
        EtcdSession session = new EtcdSession(
                String.valueOf(incarnation.owner(lease)), lease, key, timeout, grantedFrom, scheduler, this::end);
        open.put(session.id(), session);
        EndNotice notice = new EndNotice(session, stream, calls.cluster(), scheduler);
        notices.put(session, notice);
        heart.add(session);
        session.begin();
        notice.open();
        return session;
    }

    /** etcd counts leases in whole seconds, and gives more than was asked for where its own time-outs are long. */
    private long seconds(Duration timeout) {
        Duration within = timeout.compareTo(limits.minSession()) < 0
                ? limits.minSession()
                : timeout.compareTo(limits.maxSession()) > 0 ? limits.maxSession() : timeout;
        return within.plusNanos(999_999_999).toSeconds();
    }

    /** Removes its key and all its entries, in one revision. */
    private CompletableFuture<Void> end(EtcdSession session) {
        open.remove(session.id());
        heart.remove(session);
        EndNotice notice = notices.remove(session);
        if (notice != null) {
            notice.close();
        }
        return leases.revoke(session.lease());
    }
}
