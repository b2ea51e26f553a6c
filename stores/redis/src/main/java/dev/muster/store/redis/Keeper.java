package dev.muster.store.redis;

import dev.muster.store.Cancellable;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What goes on at intervals: one request for all sessions and watches, and none where there are none. It renews sessions, carries
 * out the ends of those of others that are overdue, and compares the revisions of what is watched with what the
 * watchers were told.
 */
final class Keeper implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration RENEWAL = Duration.ofHours(1);
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(500);
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(5);
    private static final int JITTER_MILLIS = 50;
    private static final Duration END_RETRY = Duration.ofMillis(100);

    private final RedisClient client;
    private final Map<String, RedisSession> sessions = new ConcurrentHashMap<>();

    private boolean asking;

    /** A request shall be sent even if there is nothing to renew or to compare. */
    private boolean wanted;

    private @Nullable Cancellable timer;
    private long timerDue;
    private volatile long registered = System.nanoTime();
    private volatile boolean closed;

    Keeper(RedisClient client) {
        this.client = client;
    }

    @Nullable
    RedisSession session(String id) {
        return sessions.get(id);
    }

    List<RedisSession> sessions() {
        return List.copyOf(sessions.values());
    }

    /** Opens a session at the server. A lost reply is made up for by asking again: the same session is renewed. */
    CompletableFuture<Session> open(Duration timeout) {
        String id = Nonce.next().toString();
        long[] sent = new long[1];
        return client.query(
                        live -> {
                            sent[0] = System.nanoTime();
                            return command(live, id, timeout.toMillis());
                        },
                        reply -> sent[0])
                .thenCompose(sentAt -> client.options().waitFor() == 0
                        ? CompletableFuture.completedFuture(sentAt)
                        : client.replicated().thenApply(done -> sentAt))
                .thenApply(sentAt -> {
                    RedisSession session = new RedisSession(client, id, timeout, sentAt);
                    sessions.put(id, session);
                    session.begin();
                    soon(session.beat());
                    return session;
                });
    }

    /** Ends a session at the server, and everything it owns. */
    CompletableFuture<Void> end(RedisSession session) {
        sessions.remove(session.id());
        CompletableFuture<Void> ended = new CompletableFuture<>();
        endUntil(session, client.scheduler().nanoTime() + session.timeout().toNanos(), ended);
        return ended;
    }

    /** Repeats itself until the server confirms, or must have ended it on its own. */
    private void endUntil(RedisSession session, long deadline, CompletableFuture<Void> ended) {
        client.query(
                        deadline,
                        live -> command(live, session.id(), 0),
                        reply -> Reply.number(Reply.list(reply).get(1)))
                .whenComplete((left, failure) -> {
                    if (failure == null) {
                        if (left != 0) {
                            endsAreDue();
                        }
                        ended.complete(null);
                    } else if (client.scheduler().nanoTime() - deadline < 0 && !client.isClosed()) {
                        client.scheduler().after(END_RETRY, () -> endUntil(session, deadline, ended));
                    } else {
                        ended.completeExceptionally(new ConnectionException(
                                client.options().place() + " did not confirm the end of session " + session.id()
                                        + " within its time-out, which ends it",
                                failure));
                    }
                });
    }

    private byte[] command(Live live, String session, long millis) {
        return client.arguments(client.call(Script.SESSION, live, 0, 2), live)
                .add(session)
                .add(millis)
                .toBytes();
    }

    /** Begins the intervals. */
    void start() {
        soon(INTERVAL);
    }

    /** The server says that these have ended, and not yet all that they own is removed. One's own are LOST before that shows. */
    void ended(List<?> ids) {
        if (!ids.isEmpty()) {
            ids.forEach(id -> lose(Reply.text(id)));
            endsAreDue();
        }
    }

    void lose(String id) {
        RedisSession session = sessions.get(id);
        if (session != null) {
            session.lose();
        }
    }

    /** Somebody saw that sessions have ended whose entries are still to be removed somewhere. */
    void endsAreDue() {
        want(Duration.ZERO);
    }

    /** Has a request sent after this time at the latest. */
    synchronized void want(Duration delay) {
        wanted = true;
        if (!asking) {
            soon(delay);
        }
    }

    /** Has the next interval end after this time at the latest. */
    synchronized void soon(Duration delay) {
        if (!closed && (timer == null || timerDue - System.nanoTime() > delay.toNanos())) {
            schedule(delay);
        }
    }

    private synchronized void schedule(Duration delay) {
        if (timer != null) {
            timer.cancel();
        }
        timerDue = System.nanoTime() + delay.toNanos();
        timer = client.scheduler().after(delay, this::tick);
    }

    private void tick() {
        long now = System.nanoTime();
        Duration interval = INTERVAL;
        Duration patience = shorter(MOST_PATIENCE, client.options().timeout());
        MusterException trouble = client.link().trouble();
        for (RedisSession session : sessions.values()) {
            if (trouble != null) {
                session.suspend(trouble);
            }
            interval = shorter(interval, session.beat());
            patience = shorter(patience, session.timeout().dividedBy(3));
        }
        client.link().check(longer(patience, LEAST_PATIENCE));
        List<Watched> watched = client.feed().toVerify();
        boolean ask;
        synchronized (this) {
            if (closed) {
                return;
            }
            schedule(longer(interval, SHORTEST));
            ask = !asking && (wanted || !sessions.isEmpty() || !watched.isEmpty());
            if (ask) {
                asking = true;
                wanted = false;
            }
        }
        if (ask) {
            List<RedisSession> due = sessions.values().stream()
                    .filter(session -> session.isDue(now))
                    .toList();
            ask(due, watched);
        }
    }

    /** Has everything removed that ended sessions own, wherever it is. */
    CompletableFuture<Void> carryOutEnds() {
        return client.query(
                        live -> client.arguments(client.call(Script.TICK, live, 0, 2), live)
                                .add(0)
                                .add(0)
                                .toBytes(),
                        reply -> Reply.number(Reply.list(reply).get(2)))
                .thenCompose(left -> left == 0 ? CompletableFuture.completedFuture(null) : carryOutEnds());
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private record Told(long left, long next, List<?> renewed, List<?> revisions) {}

    private void ask(List<RedisSession> due, List<Watched> watched) {
        long[] sent = new long[1];
        boolean register = System.nanoTime() - registered > RENEWAL.toNanos();
        CompletableFuture<Told> told = client.query(
                live -> {
                    sent[0] = System.nanoTime();
                    Resp call = client.arguments(
                                    client.call(Script.TICK, live, 0, 2 + 2 * due.size() + 2 * watched.size()), live)
                            .add(register ? RedisClient.MEMORY.toMillis() : 0)
                            .add(due.size());
                    due.forEach(session ->
                            call.add(session.id()).add(session.timeout().toMillis()));
                    watched.forEach(one -> call.add(one.path()).add(one.entry()));
                    return call.toBytes();
                },
                reply -> {
                    List<?> parts = Reply.list(reply);
                    client.self().saw(Reply.number(parts.get(1)));
                    return new Told(
                            Reply.number(parts.get(2)),
                            Reply.number(parts.get(3)),
                            Reply.list(parts.get(4)),
                            Reply.list(parts.get(5)));
                });
        CompletableFuture<Told> counted = client.options().waitFor() == 0 || due.isEmpty()
                ? told
                : told.thenCompose(answer -> client.replicated().thenApply(done -> answer));
        counted.whenComplete((answer, failure) -> {
            if (answer != null) {
                if (register) {
                    registered = sent[0];
                }
                heard(answer, sent[0], due, watched);
            }
            asked(answer);
        });
    }

    private void heard(Told answer, long sent, List<RedisSession> due, List<Watched> watched) {
        for (int i = 0; i < due.size(); i++) {
            if (Reply.number(answer.renewed.get(i)) == 1) {
                due.get(i).renewed(sent);
            } else {
                due.get(i).lose();
            }
        }
        for (int i = 0; i < watched.size(); i++) {
            watched.get(i).verify(Reply.number(answer.revisions.get(i)));
        }
    }

    private void asked(@Nullable Told answer) {
        boolean now;
        synchronized (this) {
            asking = false;
            now = wanted || (answer != null && answer.left != 0);
        }
        if (now) {
            want(Duration.ZERO);
        } else if (answer != null && answer.next < INTERVAL.toMillis()) {
            // Whoever is first when a session's time is over carries out its end.
            want(Duration.ofMillis(answer.next + 1 + ThreadLocalRandom.current().nextInt(JITTER_MILLIS)));
        }
    }

    /** After a reconnect: what the server no longer has, nobody owns. */
    void reconnected(Live live, boolean wiped) {
        for (RedisSession session : sessions.values()) {
            if (wiped || session.committed() > live.last) {
                session.lose();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
