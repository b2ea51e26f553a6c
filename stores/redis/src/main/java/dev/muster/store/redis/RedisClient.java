package dev.muster.store.redis;

import dev.muster.store.ConnectionException;
import dev.muster.store.Limits;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.spi.SystemScheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the parts of one open store share: the connection, and what is asked over it. */
final class RedisClient implements AutoCloseable {

    /** How long the server remembers a client that it does not hear from. */
    static final Duration MEMORY = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(RedisClient.class);
    private static final Duration PRIMARY_CHECK = Duration.ofSeconds(2);

    /** For replicas: less than what a connection is given up after that does not answer. */
    private static final Duration WAIT = Duration.ofMillis(400);

    /** Bytes of the clients that one entry names as following it, each of 33; further ones are told of the whole directory. */
    private static final int MOST_FOLLOWERS = 512;

    private final RedisOptions options;
    private final Dialer dialer;
    private final Limits limits;
    private final SystemScheduler scheduler = new SystemScheduler("muster-redis");
    private final Client self = new Client();
    private final CommandLink link;
    private final Settling settling;
    private final Keeper keeper;
    private final ChangeFeed feed;
    private final byte[] storeKey;
    private final byte[] endsKey;
    private final byte[] ownedKey;
    private final byte[] channel;
    private volatile @Nullable Live latest;
    private volatile boolean closed;

    RedisClient(RedisOptions options, Limits limits) {
        this.options = options;
        this.limits = limits;
        this.storeKey = Resp.bytes(options.keys().store());
        this.endsKey = Resp.bytes(options.keys().ends());
        this.ownedKey = Resp.bytes(options.keys().owned());
        this.channel = Resp.bytes(options.keys().channel());
        this.dialer = new Dialer(options);
        this.settling = new Settling(this);
        this.keeper = new Keeper(this);
        this.feed = new ChangeFeed(this);
        Handshake handshake = new Handshake(options, self);
        this.link = new CommandLink(options.place(), options.isSentinel(), handshake::open, this::opened);
    }

    CompletableFuture<Live> start() {
        keeper.start();
        return link.start();
    }

    /** On the thread that reads, before anything is sent on the new connection. */
    private void opened(Live live) {
        Live before = latest;
        latest = live;
        if (before == null) {
            if (options.master() != null) {
                askAboutPrimary(options.master());
            }
            return;
        }
        boolean wiped = !before.identity.equals(live.identity);
        keeper.reconnected(live, wiped);
        if (wiped || !before.info.run().equals(live.info.run())) {
            feed.reconnect();
        }
    }

    /** An old primary that is cut off from the sentinels keeps its connections, and loses what it is told. */
    private void askAboutPrimary(String master) {
        scheduler.after(PRIMARY_CHECK, () -> {
            Live live = link.live();
            try {
                if (live != null && !dialer.askSentinels(master).equals(live.server)) {
                    LOG.warn("the sentinels name another primary than {}: connecting there", live.server);
                    link.seal(live);
                }
            } catch (MusterException e) {
                LOG.debug("no sentinel says who the primary is", e);
            }
            if (!closed) {
                askAboutPrimary(master);
            }
        });
    }

    RedisOptions options() {
        return options;
    }

    Limits limits() {
        return limits;
    }

    SystemScheduler scheduler() {
        return scheduler;
    }

    Client self() {
        return self;
    }

    CommandLink link() {
        return link;
    }

    Settling settling() {
        return settling;
    }

    Keeper keeper() {
        return keeper;
    }

    ChangeFeed feed() {
        return feed;
    }

    byte[] storeKey() {
        return storeKey;
    }

    byte[] endsKey() {
        return endsKey;
    }

    byte[] ownedKey() {
        return ownedKey;
    }

    byte[] channel() {
        return channel;
    }

    /** The connection that was made last; it may be gone. */
    @Nullable
    Live latest() {
        return latest;
    }

    long deadline() {
        return System.nanoTime() + options.timeout().toNanos();
    }

    /** Starts the call of a script that first checks store, client and epoch. */
    Resp call(Script script, Live live, int moreKeys, int moreArguments) {
        return script.call(2 + moreKeys, 4 + moreArguments).add(storeKey).add(endsKey);
    }

    /** The arguments that {@link #call} counted in, to be added after the keys. */
    Resp arguments(Resp call, Live live) {
        return call.add(live.identity).add(self.id).add(live.epoch).add(channel);
    }

    /** Sends what may be sent again; fails where the time-out of the store passes first. */
    <T> CompletableFuture<T> query(Function<Live, byte[]> command, Function<Object, T> reading) {
        return query(deadline(), command, reading);
    }

    <T> CompletableFuture<T> query(long deadline, Function<Live, byte[]> command, Function<Object, T> reading) {
        Query<T> query = new Query<>(options, deadline, command, reading);
        link.send(query);
        return query.result;
    }

    /** @param toWatch has those who commit from then on tell of it */
    CompletableFuture<Reply.Held> list(String path, boolean toWatch) {
        return query(
                live -> Script.LIST
                        .call(3, 4)
                        .add(storeKey)
                        .add(endsKey)
                        .add(options.keys().directory(path))
                        .add(live.identity)
                        .add(channel)
                        .add(path)
                        .add(toWatch ? "1" : "0")
                        .toBytes(),
                reply -> {
                    List<?> parts = Reply.list(reply);
                    keeper.ended(Reply.list(parts.get(1)));
                    long revision = Reply.number(parts.get(2));
                    self.saw(revision);
                    return Reply.held(revision, Reply.list(parts.get(3)));
                });
    }

    /** One entry of a directory, of which this client is told from then on, if it is there and not crowded. */
    CompletableFuture<Reply.Held> entry(String path, String name) {
        return query(
                live -> Script.ENTRY
                        .call(3, 6)
                        .add(storeKey)
                        .add(endsKey)
                        .add(options.keys().directory(path))
                        .add(live.identity)
                        .add(channel)
                        .add(path)
                        .add(name)
                        .add(self.id)
                        .add(MOST_FOLLOWERS)
                        .toBytes(),
                reply -> {
                    List<?> parts = Reply.list(reply);
                    keeper.ended(Reply.list(parts.get(1)));
                    long revision = Reply.number(parts.get(2));
                    self.saw(revision);
                    return Reply.entry(revision, Reply.list(parts.get(3)), Reply.number(parts.get(4)) == 1);
                });
    }

    CompletableFuture<Listing> listing(String path) {
        return list(path, false).thenApply(Reply.Held::listing);
    }

    /** Fails unless as many replicas as the URI asks for have confirmed what was written here before. */
    CompletableFuture<Void> replicated() {
        int wanted = options.waitFor();
        return query(live -> Resp.command("WAIT", String.valueOf(wanted), String.valueOf(WAIT.toMillis())), reply -> {
            long confirmed = Reply.number(reply);
            if (confirmed < wanted) {
                throw new ConnectionException(options.place() + " had a write confirmed by " + confirmed
                        + " replicas, where 'wait' of the store URI asks for " + wanted);
            }
            return null;
        });
    }

    /** Has the server forget this client. Its sessions have been closed. */
    CompletableFuture<Void> bye() {
        return query(
                System.nanoTime() + Duration.ofSeconds(1).toNanos(),
                live -> Script.BYE
                        .call(2, 1)
                        .add(storeKey)
                        .add(endsKey)
                        .add(self.id)
                        .toBytes(),
                reply -> null);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        keeper.close();
        feed.close();
        link.close();
        scheduler.close();
    }
}
