package dev.muster.store.redis;

import dev.muster.store.Listing;
import dev.muster.store.spi.WatchFeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One watch, and up to where it was told everything: whatever does not join on makes it list again. */
final class FollowedFeed {

    private static final long UNKNOWN = -1;

    private final WatchFeed feed;
    private volatile @Nullable Watched place;
    private volatile boolean closed;

    /** The revision of what is watched, as this watch has it; unknown until a listing tells it. */
    private long seen = UNKNOWN;

    /** Nothing up to this revision is news. */
    private long told;

    private long doubted = UNKNOWN;
    private long toldWhenDoubted;

    /** What came while a listing was under way; null while none is. */
    private @Nullable List<Notice> meanwhile;

    FollowedFeed(WatchFeed feed) {
        this.feed = feed;
    }

    /** Told of this from now on. */
    void moveTo(Watched watched) {
        place = watched;
    }

    /** Of what it is told. */
    Watched place() {
        return Objects.requireNonNull(place, "a feed is attached before it is used");
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    CompletableFuture<Listing> list() {
        listing();
        return place().list().thenApply(held -> {
            listed(held);
            return held.listing();
        });
    }

    /** Whether there was nothing, when it last heard. */
    synchronized boolean isAbsent() {
        return seen == 0;
    }

    void notice(Notice notice) {
        synchronized (this) {
            if (seen == UNKNOWN) {
                if (meanwhile != null) {
                    meanwhile.add(notice);
                }
                feed.offer(notice.change());
                return;
            }
            if (notice.change().revision() <= told) {
                return;
            }
            if (notice.before() == seen) {
                seen = notice.after();
                told = notice.change().revision();
                feed.offer(notice.change());
            } else {
                lose();
            }
        }
        feed.pump();
    }

    /** A listing is asked for: what comes from now on may be in it or not. */
    private synchronized void listing() {
        seen = UNKNOWN;
        meanwhile = new ArrayList<>();
    }

    /** The listing that was asked for has come. */
    private synchronized void listed(Reply.Held held) {
        seen = held.changed();
        told = held.listing().revision();
        doubted = UNKNOWN;
        List<Notice> since = Objects.requireNonNullElse(meanwhile, List.of());
        meanwhile = null;
        for (Notice notice : since) {
            if (notice.change().revision() > told) {
                if (notice.before() != seen) {
                    lose();
                    return;
                }
                seen = notice.after();
                told = notice.change().revision();
            }
        }
    }

    /**
     * Compares with the revision that the server has. News may be on its way still, so a difference counts only the
     * second time, if nothing has come in between.
     *
     * @return whether to compare again soon
     */
    boolean verify(long present) {
        synchronized (this) {
            if (seen == UNKNOWN || present == seen) {
                doubted = UNKNOWN;
                return false;
            }
            if (doubted == UNKNOWN || told != toldWhenDoubted) {
                doubted = present;
                toldWhenDoubted = told;
                return true;
            }
            lose();
        }
        feed.pump();
        return false;
    }

    /** What happened may have been missed. */
    void missed() {
        synchronized (this) {
            lose();
        }
        feed.pump();
    }

    private void lose() {
        seen = UNKNOWN;
        doubted = UNKNOWN;
        meanwhile = null;
        feed.lost();
    }

    WatchFeed feed() {
        return feed;
    }
}
