package dev.muster.store.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What some watch: a directory, which has a channel of its own, or one entry, of which the client's channel tells. One
 * listing for all watches that lost something together.
 */
final class Watched {

    /** After a loss, clients list at different times within this. */
    private static final int JITTER_MILLIS = 200;

    private static final Duration SECOND_LOOK = Duration.ofMillis(200);

    private final RedisClient client;
    private final String path;
    private final String entry;
    private final List<FollowedFeed> feeds = new CopyOnWriteArrayList<>();

    /** Of a directory: complete while news arrive; a new one after each loss of the connection. */
    private CompletableFuture<Void> subscribed = new CompletableFuture<>();

    private boolean resubscribed;
    private boolean lingers;
    private boolean wasAbsent;

    /** Asked for, not sent yet: who comes now shares it. */
    private @Nullable CompletableFuture<Reply.Held> pending;

    /** @param entry its name; empty for the whole directory */
    Watched(RedisClient client, String path, String entry) {
        this.client = client;
        this.path = path;
        this.entry = entry;
    }

    /** Tells directories and entries apart from all others. */
    static String key(String path, String entry) {
        return entry.isEmpty() ? path : path + '\0' + entry;
    }

    String key() {
        return key(path, entry);
    }

    String path() {
        return path;
    }

    String entry() {
        return entry;
    }

    boolean isEntry() {
        return !entry.isEmpty();
    }

    /** Whether nobody watches any more, and nobody was told so before. */
    synchronized boolean mayLinger() {
        boolean begins = feeds.isEmpty() && !lingers;
        lingers |= begins;
        return begins;
    }

    /** Its time is over: whether nobody watches. */
    synchronized boolean lingered() {
        lingers = false;
        return feeds.isEmpty();
    }

    void add(FollowedFeed feed) {
        feeds.add(feed);
    }

    void remove(FollowedFeed feed) {
        feeds.remove(feed);
    }

    List<FollowedFeed> feeds() {
        return feeds;
    }

    void notice(Notice notice) {
        feeds.forEach(feed -> feed.notice(notice));
        if (isEntry() && notice.after() == 0) {
            client.feed().absent();
        }
    }

    /** Whether the entry was not there when this was asked last either, and those who watch it still do. */
    synchronized boolean staysAbsent() {
        boolean before = wasAbsent;
        wasAbsent = isEntry() && feeds.stream().anyMatch(FollowedFeed::isAbsent);
        if (wasAbsent && !before) {
            client.feed().absent();
        }
        return wasAbsent && before;
    }

    void verify(long present) {
        boolean doubt = false;
        for (FollowedFeed feed : feeds) {
            doubt |= feed.verify(present);
        }
        if (doubt) {
            client.keeper().want(SECOND_LOOK);
        }
    }

    void subscribed() {
        CompletableFuture<Void> ready;
        boolean anew;
        synchronized (this) {
            ready = subscribed;
            anew = resubscribed;
        }
        if (!ready.isDone() && anew) {
            feeds.forEach(FollowedFeed::missed);
        }
        ready.complete(null);
    }

    /** No news arrive at present. */
    synchronized void disconnected() {
        if (subscribed.isDone()) {
            subscribed = new CompletableFuture<>();
            resubscribed = true;
        }
    }

    /** Everything may be different: list again. */
    void missed() {
        synchronized (this) {
            resubscribed = true;
        }
        feeds.forEach(FollowedFeed::missed);
    }

    /** Lists for one feed, once news arrive, so that nothing falls between. */
    CompletableFuture<Reply.Held> list() {
        CompletableFuture<Reply.Held> shared;
        Duration delay;
        synchronized (this) {
            if (pending != null) {
                return pending;
            }
            shared = new CompletableFuture<>();
            pending = shared;
            delay = Duration.ofMillis(resubscribed ? ThreadLocalRandom.current().nextInt(JITTER_MILLIS) : 0);
        }
        CompletableFuture<Reply.Held> answer = shared;
        if (delay.isZero()) {
            askWhenReady(answer);
        } else {
            client.scheduler().after(delay, () -> askWhenReady(answer));
        }
        return answer;
    }

    private synchronized CompletableFuture<Void> ready() {
        return subscribed;
    }

    private void askWhenReady(CompletableFuture<Reply.Held> answer) {
        CompletableFuture<Void> ready = isEntry() ? client.feed().ready() : ready();
        ready.thenCompose(done -> {
                    synchronized (this) {
                        pending = null;
                        resubscribed = false;
                    }
                    return isEntry() ? client.entry(path, entry) : client.list(path, true);
                })
                .whenComplete((held, failure) -> {
                    if (failure == null) {
                        answer.complete(held);
                        if (!held.followed()) {
                            client.feed().widen(this);
                        } else if (isEntry() && held.changed() == 0) {
                            client.feed().absent();
                        }
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
    }
}
