package dev.muster.store.zookeeper;

import dev.muster.store.Listing;
import dev.muster.store.Scheduler;
import dev.muster.store.spi.WatchFeed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The followed directories of a client. One that nobody watches any more is followed for a little longer. */
final class Followers {

    private static final Duration LINGER = Duration.ofSeconds(5);

    /** All clients of a server that comes back would list at once. */
    private static final int JITTER_MILLIS = 200;

    private final Layout layout;
    private final Listings listings;
    private final Scheduler scheduler;
    private final Line line;
    private final Map<String, Follower> followers = new HashMap<>();
    private final Set<NodeFollower> ofNodes = ConcurrentHashMap.newKeySet();
    private final WatchedPaths watched = new WatchedPaths();

    Followers(Layout layout, Listings listings, Scheduler scheduler, Line line) {
        this.layout = layout;
        this.listings = listings;
        this.scheduler = scheduler;
        this.line = line;
    }

    /** What a watch has of whoever follows for it: the entries as of now, and how to let go. */
    record Following(Supplier<CompletableFuture<Listing>> current, Runnable leave) {}

    /** Follows what a watch shows: one entry by itself, any more together with the directory. */
    Following follow(String directory, Set<String> names, WatchFeed feed) {
        if (names.size() == 1) {
            NodeFollower follower = join(directory, names.iterator().next(), feed);
            return new Following(follower::current, () -> leave(follower));
        }
        Follower follower = join(directory, feed);
        return new Following(follower::current, () -> leave(follower, feed));
    }

    private NodeFollower join(String directory, String name, WatchFeed feed) {
        NodeFollower follower = new NodeFollower(directory, name, layout, scheduler, feed, watched);
        watched.enter(follower.path());
        ofNodes.add(follower);
        Handle handle = line.current();
        if (handle.isConnected()) {
            follower.restart(handle);
        }
        return follower;
    }

    private void leave(NodeFollower follower) {
        ofNodes.remove(follower);
        watched.leave(follower.path());
        follower.close();
    }

    private Follower join(String directory, WatchFeed feed) {
        Follower follower;
        boolean first;
        synchronized (followers) {
            Follower known = followers.get(directory);
            first = known == null;
            follower = known == null ? new Follower(directory, layout, listings, scheduler, watched) : known;
            if (first) {
                followers.put(directory, follower);
                watched.enter(follower.path());
            }
            follower.attach(feed);
        }
        if (first) {
            Handle handle = line.current();
            if (handle.isConnected()) {
                follower.restart(handle);
            }
        }
        return follower;
    }

    private void leave(Follower follower, WatchFeed feed) {
        if (follower.detach(feed)) {
            scheduler.after(LINGER, () -> drop(follower));
        }
    }

    private void drop(Follower follower) {
        synchronized (followers) {
            if (!follower.isIdle() || followers.get(follower.directory()) != follower) {
                return;
            }
            followers.remove(follower.directory());
        }
        watched.leave(follower.path());
        follower.close();
    }

    @Nullable
    Follower of(String directory) {
        synchronized (followers) {
            return followers.isEmpty() ? null : followers.get(directory);
        }
    }

    private List<Follower> all() {
        synchronized (followers) {
            return List.copyOf(followers.values());
        }
    }

    /** What was missed while there was no connection is not told by the server. */
    void restart(Handle handle) {
        for (Follower follower : all()) {
            follower.suspend();
            soon(handle, () -> follower.restart(handle));
        }
        for (NodeFollower follower : ofNodes) {
            follower.suspend();
            soon(handle, () -> follower.restart(handle));
        }
    }

    private void soon(Handle handle, Runnable restart) {
        int delay = ThreadLocalRandom.current().nextInt(JITTER_MILLIS) + 1;
        scheduler.after(Duration.ofMillis(delay), () -> {
            if (handle == line.current() && handle.isConnected()) {
                restart.run();
            }
        });
    }

    void close() {
        all().forEach(Follower::close);
        ofNodes.forEach(NodeFollower::close);
    }
}
