package dev.muster.store.redis;

import dev.muster.store.MusterException;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.WatchFeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The second connection of a store, made with its first watch: a channel for each watched directory, on which the scripts
 * publish every change, and one for this client, on which they publish the changes of entries that it watches singly. So who
 * waits for one entry hears nothing of the others. After each reconnect, all watches list again.
 */
final class ChangeFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration PING = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(6);

    /** Who waits for a lock often waits again: a directory that nobody watches any more is followed for a little longer. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private static final Duration ABSENCE = Duration.ofMillis(100);

    private static final int VERIFIED_AT_ONCE = 1_000;

    private final RedisClient client;
    private final Dialer dialer;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicBoolean sweeps = new AtomicBoolean();

    /** Of this client's own channel: what comes after what all channels begin with. No path begins like this. */
    private final String own;

    private volatile boolean follows;
    private volatile CompletableFuture<Void> ready = new CompletableFuture<>();
    private boolean readyBefore;
    private @Nullable Thread thread;
    private volatile @Nullable Wire wire;
    private volatile long heard;
    private volatile long pinged;
    private int verified;

    ChangeFeed(RedisClient client) {
        this.client = client;
        this.dialer = new Dialer(client.options());
        this.own = "/" + client.self().id;
    }

    WatchFeed watch(String path, WatchOptions options, WatchListener listener) {
        FollowedFeed[] self = new FollowedFeed[1];
        WatchFeed feed =
                new WatchFeed(options, listener, client.scheduler(), () -> self[0].list(), () -> detach(self[0]));
        self[0] = new FollowedFeed(feed);
        attach(path, options.names().size() == 1 ? options.names().iterator().next() : "", self[0]);
        start();
        feed.pump();
        return feed;
    }

    private void attach(String path, String entry, FollowedFeed feed) {
        boolean[] first = new boolean[1];
        watched.compute(Watched.key(path, entry), (key, present) -> {
            first[0] = present == null;
            Watched found = present == null ? new Watched(client, path, entry) : present;
            found.add(feed);
            feed.moveTo(found);
            return found;
        });
        if (entry.isEmpty() && first[0]) {
            command("SUBSCRIBE", path);
        } else if (!entry.isEmpty() && !follows) {
            follows = true;
            command("SUBSCRIBE", own);
        }
    }

    private void detach(FollowedFeed feed) {
        feed.close();
        Watched place = feed.place();
        watched.computeIfPresent(place.key(), (key, present) -> {
            present.remove(feed);
            if (present.isEntry()) {
                return present.feeds().isEmpty() ? null : present;
            }
            if (present.mayLinger()) {
                client.scheduler().after(LINGER, () -> drop(key));
            }
            return present;
        });
    }

    /** Complete while this client is told of entries. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** An entry that some watch is not there. Most of them stop soon, as few entries come back; the others watch the directory. */
    void absent() {
        if (sweeps.compareAndSet(false, true)) {
            client.scheduler().after(ABSENCE, () -> {
                sweeps.set(false);
                watched.values().stream().filter(Watched::staysAbsent).forEach(this::widen);
            });
        }
    }

    /** Those who watch an entry watch its directory from now on. */
    void widen(Watched entry) {
        if (!watched.remove(entry.key(), entry)) {
            // Another answer has seen to it.
            return;
        }
        for (FollowedFeed feed : entry.feeds()) {
            attach(entry.path(), "", feed);
            if (feed.isClosed()) {
                detach(feed);
            }
            feed.missed();
        }
    }

    private void drop(String path) {
        Watched left = watched.computeIfPresent(path, (key, present) -> present.lingered() ? null : present);
        if (left == null) {
            command("UNSUBSCRIBE", path);
            if (watched.containsKey(path)) {
                // Watched again meanwhile: whichever of the two came last, this is the last.
                command("SUBSCRIBE", path);
            }
        }
    }

    /** Those whose revisions shall be compared next. */
    synchronized List<Watched> toVerify() {
        keepAlive();
        List<Watched> all = new ArrayList<>(watched.values());
        if (all.size() > VERIFIED_AT_ONCE) {
            verified = (verified + VERIFIED_AT_ONCE) % all.size();
            List<Watched> some = new ArrayList<>(all.subList(verified, all.size()));
            some.addAll(all.subList(0, verified));
            return some.subList(0, VERIFIED_AT_ONCE);
        }
        return all;
    }

    /** Asks for a sign of life now and then, and gives up a connection that gives none. */
    private void keepAlive() {
        Wire current = wire;
        long now = System.nanoTime();
        if (current == null) {
            return;
        }
        if (now - heard > SILENCE.toNanos()) {
            LOG.debug(
                    "no news from {} for {}: connecting anew", client.options().place(), SILENCE);
            current.close();
        } else if (now - pinged > PING.toNanos()) {
            pinged = now;
            write(current, Resp.command("PING"));
        }
    }

    private synchronized void start() {
        if (thread == null && closing.getCount() > 0) {
            thread = new Thread(this::run, "muster-redis-changes");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void command(String word, String path) {
        Wire current = wire;
        if (current != null) {
            write(current, Resp.command(word, client.options().keys().channel() + path));
        }
    }

    /** Short commands: they wait for room in the connection's buffer at most until it is given up for silence. */
    private static void write(Wire current, byte[] command) {
        synchronized (current) {
            try {
                current.write(command, command.length);
            } catch (IOException e) {
                current.close();
            }
        }
    }

    private void run() {
        Duration pause = PAUSE;
        while (closing.getCount() > 0) {
            Wire next = null;
            try {
                next = connect();
            } catch (MusterException e) {
                LOG.debug("the connection for changes failed: trying again", e);
            }
            if (next == null) {
                pause(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            } else {
                pause = PAUSE;
                use(next);
            }
        }
    }

    /** To the server that takes the commands; null where there is none at present. */
    private @Nullable Wire connect() {
        Live live = client.link().live();
        if (live == null) {
            return null;
        }
        Wire next = dialer.connect(live.server);
        try {
            next.patient();
        } catch (IOException e) {
            next.close();
            return null;
        }
        if (client.link().live() != live) {
            next.close();
            return null;
        }
        return next;
    }

    private void use(Wire next) {
        heard = System.nanoTime();
        pinged = heard;
        wire = next;
        // A watch that is added from now on subscribes by itself; one that was added before may do so twice.
        watched.values().stream().filter(one -> !one.isEntry()).forEach(one -> command("SUBSCRIBE", one.path()));
        if (follows) {
            command("SUBSCRIBE", own);
        }
        if (closing.getCount() == 0) {
            next.close();
        }
        try {
            while (true) {
                Object message = next.read();
                heard = System.nanoTime();
                if (message instanceof JedisDataException error) {
                    LOG.warn("{}", Failures.refused(client.options(), error).getMessage());
                    pause(LONGEST_PAUSE);
                    break;
                }
                // A ping is answered by a mere word while nothing is subscribed to.
                if (message instanceof List<?> news) {
                    take(news);
                }
            }
        } catch (JedisConnectionException e) {
            LOG.debug("the connection for changes is gone", e);
        } catch (RuntimeException e) {
            LOG.warn(
                    "news of {} were not understood: connecting anew",
                    client.options().place(),
                    e);
        }
        wire = null;
        next.close();
        disconnected();
    }

    private void take(List<?> message) {
        String kind = Reply.text(message.get(0));
        if (!kind.equals("message") && !kind.equals("subscribe")) {
            return;
        }
        byte[] channel = Reply.bytes(message.get(1));
        int before = client.channel().length;
        String key = new String(channel, before, channel.length - before, StandardCharsets.UTF_8);
        if (kind.equals("message")) {
            byte[] news = Reply.bytes(message.get(2));
            if (key.equals(own)) {
                int entry = Reply.indexOf(news, 0, Reply.indexOf(news, 0, 0) + 1);
                take(Reply.text(news, 0, entry), news, entry + 1);
            } else {
                take(key, news, 0);
            }
        } else if (key.equals(own)) {
            followed();
        } else {
            Watched directory = watched.get(key);
            if (directory != null) {
                directory.subscribed();
            }
        }
    }

    private void take(String key, byte[] news, int from) {
        Watched told = watched.get(key);
        // Where there are no news, the server only asked whether anybody is there.
        if (told != null && news.length > from) {
            Notice notice = Notice.read(news, from);
            if (notice.ended() != null) {
                client.keeper().lose(notice.ended());
            }
            told.notice(notice);
        }
    }

    private void followed() {
        if (!ready.isDone()) {
            if (readyBefore) {
                watched.values().stream().filter(Watched::isEntry).forEach(Watched::missed);
            }
            readyBefore = true;
            ready.complete(null);
        }
    }

    private void disconnected() {
        if (ready.isDone()) {
            ready = new CompletableFuture<>();
        }
        watched.values().forEach(Watched::disconnected);
    }

    /** The server is another one, or has other data. */
    void reconnect() {
        Wire current = wire;
        if (current != null) {
            current.close();
        }
    }

    private void pause(Duration pause) {
        long nanos = pause.toNanos() / 2 + ThreadLocalRandom.current().nextLong(pause.toNanos());
        try {
            closing.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread but by mistake", e);
        }
    }

    /** Ends all watches. */
    void end(MusterException cause) {
        for (Watched directory : watched.values()) {
            directory.feeds().forEach(feed -> feed.feed().end(cause));
        }
    }

    @Override
    public void close() {
        closing.countDown();
        reconnect();
    }
}
