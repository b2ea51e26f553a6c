package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Scheduler;
import dev.muster.store.etcd.Cluster.Link;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCancelRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one stream that brings a client all its watches. When it breaks, or another server is used from now on, all of them
 * are told, and open themselves again. Thread-safe.
 */
final class WatchStream {

    private static final Logger LOG = LoggerFactory.getLogger(WatchStream.class);

    /** How long to wait with what the server refuses, and how often a token is exchanged at most. */
    static final Duration REFUSED = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Credentials credentials;
    private final Scheduler scheduler;
    private @Nullable Live live;
    private boolean closed;

    /** When a token was last exchanged because a watch was refused; 0 if none was. */
    private long exchangedAt;

    private boolean warned;

    /** Told of one range of keys: one call after another, on an I/O thread, with nothing held. */
    interface Follower {
        /** From now on all changes after this revision of etcd are told. */
        void opened(long etcdRevision);

        /** Changes in order; those of one revision come together. */
        void changed(List<Event> events);

        /** Nothing more is told. Changes after the last one that was told may be had by opening again. */
        void broken();

        /** Nothing more is told, and what was missed cannot be had any more. */
        void compacted();

        /** Nothing is told, as the server does not allow it: may be opened again after {@link #REFUSED}. */
        void refused();
    }

    WatchStream(Cluster cluster, Credentials credentials, Scheduler scheduler) {
        this.cluster = cluster;
        this.credentials = credentials;
        this.scheduler = scheduler;
        cluster.onSwitch(this::restart);
    }

    /**
     * Follows the keys that begin so.
     *
     * @param from the first revision of etcd to be told; 0 means from now on
     */
    void open(ByteString begin, long from, Follower follower) {
        open(
                WatchCreateRequest.newBuilder()
                        .setKey(begin)
                        .setRangeEnd(Keys.end(begin))
                        .setStartRevision(from),
                follower);
    }

    /** Follows one key: tells of its removals alone, from now on. */
    void openForRemovals(ByteString key, Follower follower) {
        open(WatchCreateRequest.newBuilder().setKey(key).addFilters(WatchCreateRequest.FilterType.NOPUT), follower);
    }

    private void open(WatchCreateRequest.Builder create, Follower follower) {
        WatchRequest request =
                WatchRequest.newBuilder().setCreateRequest(create).build();
        Live stream;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (live == null) {
                live = new Live(cluster.link());
            }
            stream = live;
        }
        stream.open(request, follower);
    }

    /** Stops telling a follower, soon. */
    void close(Follower follower) {
        Live stream;
        synchronized (this) {
            stream = live;
        }
        if (stream != null) {
            stream.close(follower);
        }
    }

    private void restart() {
        Live stream;
        synchronized (this) {
            stream = live;
        }
        if (stream != null) {
            stream.cancel();
        }
    }

    /**
     * A stream shows its token once, when it begins: each watch that it opens later is refused where that has expired, or
     * is of a server that was restarted. So all are opened again, on a stream with another token; but seldom, for it may be
     * that this user has no right to watch.
     *
     * @return whether to try with another token
     */
    private synchronized boolean exchanges(String reason) {
        long now = scheduler.nanoTime();
        if (exchangedAt == 0 || now - exchangedAt >= REFUSED.toNanos()) {
            exchangedAt = now;
            return true;
        }
        if (!warned) {
            warned = true;
            LOG.warn("etcd does not let this client watch ({}): its watches tell nothing until it does", reason);
        }
        return false;
    }

    private synchronized void allowed() {
        warned = false;
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        restart();
    }

    /** One stream to one server. */
    private final class Live extends ClientCall.Listener<WatchResponse> {

        private final Link link;
        private final ClientCall<WatchRequest, WatchResponse> call;

        /** Asked for and not confirmed: the server confirms in order. */
        private final Deque<Follower> opening = new ArrayDeque<>();

        private final Map<Long, Follower> followers = new HashMap<>();
        private final List<WatchRequest> unsent = new ArrayList<>();
        private boolean starting;
        private boolean started;
        private boolean ended;
        private @Nullable String shown;

        Live(Link link) {
            this.link = link;
            this.call = link.channel().newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
        }

        void open(WatchRequest request, Follower follower) {
            boolean tooLate;
            boolean first;
            synchronized (this) {
                tooLate = ended;
                first = !starting;
                starting = true;
                if (!tooLate) {
                    opening.add(follower);
                    send(request);
                }
            }
            if (tooLate) {
                follower.broken();
            } else if (first) {
                credentials.token().whenComplete(this::start);
            }
        }

        private void start(@Nullable String token, @Nullable Throwable failure) {
            if (failure != null) {
                onClose(Credentials.status(failure), new Metadata());
                return;
            }
            synchronized (this) {
                if (ended) {
                    return;
                }
                shown = token;
                call.start(this, Calls.headers(token));
                call.request(Integer.MAX_VALUE);
                started = true;
                unsent.forEach(call::sendMessage);
                unsent.clear();
            }
        }

        /** Only queues it, so that it may be called under the monitor. */
        private void send(WatchRequest request) {
            if (started) {
                call.sendMessage(request);
            } else {
                unsent.add(request);
            }
        }

        synchronized void close(Follower follower) {
            if (ended) {
                return;
            }
            Long id = null;
            for (Map.Entry<Long, Follower> entry : followers.entrySet()) {
                if (entry.getValue() == follower) {
                    id = entry.getKey();
                }
            }
            if (id != null) {
                followers.remove(id);
                sendCancel(id);
            }
        }

        private void sendCancel(long id) {
            send(WatchRequest.newBuilder()
                    .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
                    .build());
        }

        void cancel() {
            // First: nothing may be sent by a call that was cancelled.
            onClose(Status.CANCELLED, new Metadata());
            boolean running;
            synchronized (this) {
                running = started;
            }
            if (running) {
                call.cancel("another server or token is used now", null);
            }
        }

        @Override
        public void onMessage(WatchResponse response) {
            Follower follower;
            synchronized (this) {
                if (ended) {
                    return;
                }
                if (response.getCreated()) {
                    follower = opening.poll();
                    if (follower != null && !response.getCanceled()) {
                        followers.put(response.getWatchId(), follower);
                    }
                } else if (response.getCanceled()) {
                    follower = followers.remove(response.getWatchId());
                } else {
                    follower = followers.get(response.getWatchId());
                }
            }
            if (follower != null) {
                tell(follower, response);
            }
        }

        private void tell(Follower follower, WatchResponse response) {
            if (response.getCanceled()) {
                if (response.getCompactRevision() > 0) {
                    follower.compacted();
                } else if (response.getCreated()) {
                    refused(follower, response.getCancelReason());
                } else {
                    follower.broken();
                }
            } else if (response.getCreated()) {
                allowed();
                follower.opened(response.getHeader().getRevision());
            } else if (response.getEventsCount() > 0) {
                follower.changed(response.getEventsList());
            }
        }

        private void refused(Follower follower, String reason) {
            String token;
            synchronized (this) {
                token = shown;
            }
            if (token != null && exchanges(reason)) {
                credentials.refused(token);
                follower.broken();
                cancel();
            } else {
                follower.refused();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            List<Follower> told;
            synchronized (this) {
                if (ended) {
                    return;
                }
                ended = true;
                told = new ArrayList<>(followers.values());
                told.addAll(opening);
            }
            synchronized (WatchStream.this) {
                if (live == this) {
                    live = null;
                }
            }
            if (status.getCode() != Status.Code.CANCELLED) {
                cluster.failed(link, Calls.text(status));
            }
            told.forEach(Follower::broken);
        }
    }
}
