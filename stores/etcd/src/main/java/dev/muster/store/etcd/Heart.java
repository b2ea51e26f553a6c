package dev.muster.store.etcd;

import dev.muster.store.Cancellable;
import dev.muster.store.Scheduler;
import dev.muster.store.etcd.Cluster.Link;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Renews the leases of a client and finds out whether its server still serves. A renewal is answered by whoever believes
 * to be the leader; one that was cut off or stopped believes it for a while. So each round of renewals is followed by a
 * read that a majority takes part in: renewals count only where it answers in the same term, for then the one who renewed
 * was the leader still, and any later leader gives each lease its full time anew.
 */
final class Heart {

    /** Beats a time-out: two may be missed, and the third be slow, before a session is suspended. */
    private static final int BEATS = 8;

    /** How long a server has for a beat before another one is used: a quarter of the shortest time-out, within these. */
    private static final Duration SHORTEST_ANSWER = Duration.ofMillis(500);

    private static final Duration LONGEST_ANSWER = Duration.ofMillis(1_500);

    /** Before the next round where a leader was replaced during this one. */
    private static final Duration HURRY = Duration.ofMillis(50);

    private static final Duration WATCHING = Duration.ofSeconds(3);
    private static final Duration IDLE = Duration.ofSeconds(Fence.LEASE_SECONDS / 6);

    /** A transaction takes 128 operations. */
    private static final int MOST_SESSIONS = 100;

    private final Calls calls;
    private final Keys keys;
    private final Identity identity;
    private final KeepAlives keepAlives;
    private final Fence fence;
    private final Failures failures;
    private final Scheduler scheduler;
    private final BooleanSupplier watching;
    private final Set<EtcdSession> sessions = ConcurrentHashMap.newKeySet();
    private Cancellable due = () -> {};
    private long dueAt = Long.MAX_VALUE;
    private boolean beating;
    private volatile boolean hurry;
    private boolean closed;

    Heart(
            Calls calls,
            Keys keys,
            Identity identity,
            KeepAlives keepAlives,
            Fence fence,
            Failures failures,
            Scheduler scheduler,
            BooleanSupplier watching) {
        this.calls = calls;
        this.keys = keys;
        this.identity = identity;
        this.keepAlives = keepAlives;
        this.fence = fence;
        this.failures = failures;
        this.scheduler = scheduler;
        this.watching = watching;
    }

    void add(EtcdSession session) {
        sessions.add(session);
        calls.cluster().pauseAtMost(patience().dividedBy(8));
        quicken();
    }

    void remove(EtcdSession session) {
        sessions.remove(session);
        calls.cluster()
                .pauseAtMost(sessions.isEmpty() ? LONGEST_ANSWER : patience().dividedBy(8));
    }

    /** Sees to it that the next beat is not later than it has to be by now. */
    void quicken() {
        schedule(interval());
    }

    private Duration interval() {
        Duration shortest = watching.getAsBoolean() ? WATCHING : IDLE;
        for (EtcdSession session : sessions) {
            Duration own = session.timeout().dividedBy(BEATS);
            shortest = own.compareTo(shortest) < 0 ? own : shortest;
        }
        return shortest;
    }

    private Duration patience() {
        Duration longest = LONGEST_ANSWER;
        for (EtcdSession session : sessions) {
            Duration own = session.timeout().dividedBy(4);
            longest = own.compareTo(longest) < 0 ? own : longest;
        }
        return longest.compareTo(SHORTEST_ANSWER) < 0 ? SHORTEST_ANSWER : longest;
    }

    private synchronized void schedule(Duration wait) {
        long at = scheduler.nanoTime() + Math.max(0, wait.toNanos());
        boolean planned = dueAt != Long.MAX_VALUE && dueAt - at <= 0;
        if (closed || beating || planned) {
            return;
        }
        due.cancel();
        dueAt = at;
        due = scheduler.after(wait, this::beat);
    }

    private void beat() {
        synchronized (this) {
            dueAt = Long.MAX_VALUE;
            if (closed || beating) {
                return;
            }
            beating = true;
        }
        Link link = calls.cluster().link();
        long sentAt = scheduler.nanoTime();
        Duration patience = patience();
        List<EtcdSession> renewed = List.copyOf(sessions);
        List<CompletableFuture<Renewal>> renewals = new ArrayList<>();
        renewed.forEach(session ->
                renewals.add(keepAlives.renew(session.lease()).thenApply(answer -> new Renewal(session, answer))));
        Fence.Client client = fence.known();
        CompletableFuture<?> fenced = client == null
                ? CompletableFuture.completedFuture(null)
                : keepAlives.renew(client.lease).thenAccept(answer -> {
                    if (answer.getTTL() <= 0) {
                        fence.forget(client);
                    }
                });
        CompletableFuture<?> all = CompletableFuture.allOf(renewals.toArray(CompletableFuture[]::new))
                .thenCombine(fenced, (a, b) -> b);
        Cancellable limit = scheduler.after(
                patience,
                () -> all.completeExceptionally(new CallFailure(
                        Status.DEADLINE_EXCEEDED.withDescription(
                                "no answer to a heartbeat within " + patience.toMillis() + " ms"),
                        false,
                        link.server().toString())));
        all.thenCompose(renewedAll -> confirm(sentAt, sentAt + patience.toNanos(), renewals))
                .whenComplete((done, failure) -> {
                    limit.cancel();
                    beaten(link, sentAt, renewed, failure);
                });
    }

    private record Renewal(EtcdSession session, LeaseKeepAliveResponse answer) {}

    private CompletableFuture<Void> confirm(long sentAt, long deadline, List<CompletableFuture<Renewal>> renewals) {
        List<Renewal> all = renewals.stream().map(CompletableFuture::join).toList();
        CompletableFuture<Void> done =
                confirmSome(sentAt, deadline, all.subList(0, Math.min(all.size(), MOST_SESSIONS)));
        for (int from = MOST_SESSIONS; from < all.size(); from += MOST_SESSIONS) {
            List<Renewal> some = all.subList(from, Math.min(all.size(), from + MOST_SESSIONS));
            done = done.thenCompose(before -> confirmSome(sentAt, deadline, some));
        }
        return done;
    }

    private CompletableFuture<Void> confirmSome(long sentAt, long deadline, List<Renewal> renewals) {
        Incarnation incarnation = identity.current();
        TxnRequest.Builder read = TxnRequest.newBuilder()
                .addCompare(Ops.valueIs(keys.store(), incarnation.value()))
                .addSuccess(Ops.look(keys.store()));
        renewals.forEach(renewal -> read.addSuccess(Ops.look(renewal.session().key())));
        Duration left = Duration.ofNanos(deadline - scheduler.nanoTime());
        long before = identity.highest();
        return calls.call(KVGrpc.getTxnMethod(), read.build(), left).thenAccept(answer -> {
            long revision = answer.response().getHeader().getRevision();
            if (revision < before && answer.response().getSucceeded()) {
                identity.rewound(incarnation, before);
                return;
            }
            identity.saw(revision);
            confirmed(sentAt, renewals, answer.response());
        });
    }

    private void confirmed(long sentAt, List<Renewal> renewals, TxnResponse read) {
        if (!read.getSucceeded()) {
            identity.replaced();
            return;
        }
        for (int i = 0; i < renewals.size(); i++) {
            EtcdSession session = renewals.get(i).session();
            LeaseKeepAliveResponse answer = renewals.get(i).answer();
            boolean isThere = read.getResponses(i + 1).getResponseRange().getKvsCount() > 0;
            if (!isThere) {
                session.lose();
            } else if (answer.getTTL() > 0
                    && answer.getHeader().getRaftTerm() == read.getHeader().getRaftTerm()) {
                session.renewed(sentAt);
            } else {
                // A leader has changed in between: the next round is sure again, and soon.
                hurry = true;
            }
        }
    }

    private void beaten(Link link, long sentAt, List<EtcdSession> renewed, @Nullable Throwable failure) {
        synchronized (this) {
            beating = false;
        }
        if (failure == null) {
            schedule(hurry ? HURRY : interval().minusNanos(scheduler.nanoTime() - sentAt));
            hurry = false;
            return;
        }
        calls.cluster().failed(link, "no answer to a heartbeat");
        renewed.forEach(session -> session.failed(failures.of(failure, "renew a session")));
        schedule(calls.cluster().pause());
    }

    void close() {
        synchronized (this) {
            closed = true;
            due.cancel();
        }
        keepAlives.close();
    }

    List<EtcdSession> sessions() {
        return List.copyOf(sessions);
    }
}
