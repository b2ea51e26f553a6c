package dev.muster.store.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** All watches of one directory: one subscription, and one listing for all that lost something together. */
final class DirectoryWatch {

    /** After a loss, clients list at different times within this. */
    private static final int JITTER_MILLIS = 200;

    private static final Duration SECOND_LOOK = Duration.ofMillis(200);

    private final RedisClient client;
    private final String path;
    private final List<FollowedFeed> feeds = new CopyOnWriteArrayList<>();

    /** Complete while news arrive; a new one after each loss of the connection. */
    private CompletableFuture<Void> subscribed = new CompletableFuture<>();

    private boolean resubscribed;
    private boolean lingers;

    /** Asked for, not sent yet: who comes now shares it. */
    private @Nullable CompletableFuture<Reply.Held> pending;

    DirectoryWatch(RedisClient client, String path) {
        this.client = client;
        this.path = path;
    }

    String path() {
        return path;
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

    synchronized boolean isSubscribed() {
        return subscribed.isDone();
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

    private void askWhenReady(CompletableFuture<Reply.Held> answer) {
        CompletableFuture<Void> ready;
        synchronized (this) {
            ready = subscribed;
        }
        ready.thenCompose(done -> {
                    synchronized (this) {
                        pending = null;
                        resubscribed = false;
                    }
                    return client.list(path, true);
                })
                .whenComplete((held, failure) -> {
                    if (failure == null) {
                        answer.complete(held);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
    }
}
