package dev.muster.store.etcd;

import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.Watch;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.WatchFeed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The watched directories of a client. One that nobody follows any more is kept open for a while: most come back. */
final class Watches {

    static final Duration LINGER = Duration.ofSeconds(10);

    private final WatchStream stream;
    private final Keys keys;
    private final Identity identity;
    private final Reader reader;
    private final Cluster cluster;
    private final Scheduler scheduler;
    private final Map<String, DirectoryWatch> directories = new HashMap<>();
    private final Set<WatchFeed> feeds = ConcurrentHashMap.newKeySet();

    Watches(WatchStream stream, Keys keys, Identity identity, Reader reader, Cluster cluster, Scheduler scheduler) {
        this.stream = stream;
        this.keys = keys;
        this.identity = identity;
        this.reader = reader;
        this.cluster = cluster;
        this.scheduler = scheduler;
        identity.onChange(() -> all().forEach(DirectoryWatch::replaced));
    }

    Watch watch(String directory, WatchOptions options, WatchListener listener) {
        AtomicReference<@Nullable CompletableFuture<Listing>> first = new AtomicReference<>();
        WatchFeed[] feed = new WatchFeed[1];
        DirectoryWatch[] watch = new DirectoryWatch[1];
        feed[0] = new WatchFeed(
                options,
                listener,
                scheduler,
                () -> source(first.getAndSet(null), watch[0]),
                () -> detach(directory, watch[0], feed[0]));
        feeds.add(feed[0]);
        boolean isNew;
        synchronized (this) {
            DirectoryWatch known = directories.get(directory);
            isNew = known == null;
            watch[0] = known != null ? known : make(directory);
            directories.put(directory, watch[0]);
            first.set(watch[0].attach(feed[0]));
        }
        if (isNew) {
            watch[0].start();
        }
        feed[0].pump();
        return feed[0];
    }

    private DirectoryWatch make(String directory) {
        return new DirectoryWatch(directory, keys.directory(directory), stream, identity, reader, cluster, scheduler);
    }

    private static CompletableFuture<Listing> source(@Nullable CompletableFuture<Listing> first, DirectoryWatch watch) {
        return first == null ? watch.list() : first;
    }

    private void detach(String directory, DirectoryWatch watch, WatchFeed feed) {
        feeds.remove(feed);
        if (watch.detach(feed)) {
            scheduler.after(LINGER, () -> closeUnused(directory, watch));
        }
    }

    private void closeUnused(String directory, DirectoryWatch watch) {
        synchronized (this) {
            if (!watch.isUnused() || !directories.remove(directory, watch)) {
                return;
            }
        }
        watch.close();
    }

    boolean isEmpty() {
        return feeds.isEmpty();
    }

    private synchronized List<DirectoryWatch> all() {
        return List.copyOf(directories.values());
    }

    void close(MusterException cause) {
        List.copyOf(feeds).forEach(feed -> feed.end(cause));
        all().forEach(DirectoryWatch::close);
        stream.close();
    }
}
