package dev.muster.store.spi;

import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Scheduler;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what an engine saw change to one listener: first a listing, then changes in revision order, each once, on the
 * listener's executor. An engine attaches the feed to its source of changes, then calls {@link #pump}; from there on it
 * offers every change in revision order. A listener that lags by more than {@value #BACKLOG} changes gets a fresh
 * listing in their place, as it does after {@link #lost}.
 */
public final class WatchFeed implements Watch {

    /** How many changes wait for a slow listener before they are folded into a fresh listing. */
    public static final int BACKLOG = 256;

    private static final Logger LOG = LoggerFactory.getLogger(WatchFeed.class);
    private static final Duration LISTING_RETRY = Duration.ofMillis(100);

    private final WatchOptions options;
    private final WatchListener listener;
    private final Scheduler scheduler;
    private final Executor serial;
    private final Supplier<CompletableFuture<Listing>> source;
    private final Runnable detach;

    private final Queue<WatchEvent.Changed> backlog = new ArrayDeque<>();
    private boolean needsListing = true;
    private boolean listingUnderway;
    private boolean scheduled;
    private volatile boolean closed;

    /** Touched by the serial executor alone. */
    private long delivered = -1;

    /**
     * @param source lists the directory: asked at first, and after each loss
     * @param detach takes the feed off the engine's source of changes: called once, when it closes
     */
    public WatchFeed(
            WatchOptions options,
            WatchListener listener,
            Scheduler scheduler,
            Supplier<CompletableFuture<Listing>> source,
            Runnable detach) {
        this.options = options;
        this.listener = listener;
        this.scheduler = scheduler;
        Executor own = options.executor();
        this.serial = new SerialExecutor(own == null ? scheduler.executor() : task -> handOver(task, own));
        this.source = source;
        this.detach = detach;
    }

    /** Takes a change. Cheap, and runs no foreign code: may be called under an engine's monitor. Pump afterwards. */
    public void offer(WatchEvent.Changed change) {
        WatchEvent.Changed shown = shown(change);
        if (!shown.puts().isEmpty() || !shown.removals().isEmpty()) {
            keep(shown);
        }
    }

    private WatchEvent.Changed shown(WatchEvent.Changed change) {
        return options.names().isEmpty()
                ? change
                : new WatchEvent.Changed(
                        change.revision(),
                        change.puts().stream()
                                .filter(put -> options.shows(put.name()))
                                .toList(),
                        change.removals().stream()
                                .filter(removal -> options.shows(removal.name()))
                                .toList());
    }

    private synchronized void keep(WatchEvent.Changed change) {
        if (closed) {
            return;
        }
        if (backlog.size() >= BACKLOG) {
            backlog.clear();
            needsListing = true;
        }
        backlog.add(change);
    }

    /** Tells that changes may have been missed: a fresh listing will make up for them. Pump afterwards. */
    public synchronized void lost() {
        backlog.clear();
        needsListing = true;
    }

    /** An executor of the listener's own may be a direct one: it is called by the store's, never by who pumps. */
    private void handOver(Runnable task, Executor own) {
        scheduler.executor().execute(() -> {
            try {
                own.execute(task);
            } catch (RejectedExecutionException e) {
                LOG.warn("the executor of a watch takes no more tasks: the watch has ended", e);
                close();
            }
        });
    }

    /** Has what was offered delivered, elsewhere: may be called on any thread, under any monitor. */
    public void pump() {
        synchronized (this) {
            if (closed || scheduled || listingUnderway || (backlog.isEmpty() && !needsListing)) {
                return;
            }
            scheduled = true;
        }
        serial.execute(this::deliverAll);
    }

    private void deliverAll() {
        orGoOn(this::deliverEach);
    }

    /** An error of the listener ends its thread: the feed goes on, on another. */
    private void orGoOn(Runnable delivery) {
        boolean survived = false;
        try {
            delivery.run();
            survived = true;
        } finally {
            if (!survived) {
                synchronized (this) {
                    scheduled = false;
                    listingUnderway = false;
                }
                pump();
            }
        }
    }

    private void deliverEach() {
        while (true) {
            WatchEvent.@Nullable Changed next;
            synchronized (this) {
                next = needsListing ? null : backlog.poll();
                if (closed || (next == null && !needsListing)) {
                    scheduled = false;
                    return;
                }
                if (needsListing) {
                    needsListing = false;
                    listingUnderway = true;
                }
            }
            if (next != null) {
                deliver(next);
            } else if (!deliverListing()) {
                return;
            }
        }
    }

    /** Answers whether the listing came at once; else delivery goes on when it comes. */
    private boolean deliverListing() {
        CompletableFuture<Listing> listing;
        try {
            listing = source.get();
        } catch (RuntimeException e) {
            listing = CompletableFuture.failedFuture(e);
        }
        if (listing.isDone() && !listing.isCompletedExceptionally() && deliver(listing.join())) {
            synchronized (this) {
                listingUnderway = false;
            }
            return true;
        }
        listing.whenComplete((result, failure) -> serial.execute(() -> orGoOn(() -> listed(result, failure))));
        return false;
    }

    private void listed(@Nullable Listing listing, @Nullable Throwable failure) {
        boolean delivered = listing != null && deliver(listing);
        if (failure != null) {
            LOG.debug("listing for a watch failed; trying again", failure);
        }
        synchronized (this) {
            listingUnderway = false;
            scheduled = false;
            needsListing |= !delivered;
        }
        if (delivered) {
            pump();
        } else {
            scheduler.after(LISTING_RETRY, this::pump);
        }
    }

    /** Answers false for a listing from a replica that lags behind what was told before: it makes up for no loss. */
    private boolean deliver(Listing listing) {
        if (listing.revision() < delivered) {
            return false;
        }
        Listing shown = options.names().isEmpty()
                ? listing
                : new Listing(
                        listing.revision(),
                        listing.entries().stream()
                                .filter(entry -> options.shows(entry.name()))
                                .toList());
        boolean fresh = delivered >= 0;
        delivered = listing.revision();
        call(new WatchEvent.Listed(shown, fresh));
        return true;
    }

    private void deliver(WatchEvent.Changed change) {
        if (change.revision() <= delivered) {
            return;
        }
        delivered = change.revision();
        call(change);
    }

    private void call(WatchEvent event) {
        if (closed) {
            return;
        }
        try {
            listener.onEvent(event);
        } catch (Exception e) {
            LOG.warn("a watch listener threw; the watch goes on", e);
        }
    }

    /** Ends the feed for good and tells the listener why. */
    public void end(MusterException cause) {
        if (shut()) {
            serial.execute(() -> listener.onEnd(cause));
        }
    }

    @Override
    public void close() {
        shut();
    }

    private boolean shut() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            backlog.clear();
        }
        detach.run();
        return true;
    }
}
