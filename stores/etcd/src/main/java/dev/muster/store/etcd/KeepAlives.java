package dev.muster.store.etcd;

import dev.muster.store.etcd.Cluster.Link;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The one stream by which a client renews its leases. One renewal of a lease at a time. Thread-safe. */
final class KeepAlives {

    private static final String INSTEAD = "another server is used now";

    private final Cluster cluster;
    private final Credentials credentials;
    private @Nullable Live live;

    KeepAlives(Cluster cluster, Credentials credentials) {
        this.cluster = cluster;
        this.credentials = credentials;
        cluster.onSwitch(this::close);
    }

    /** What the server that is used now answers. Fails with {@link CallFailure}; waits without a limit. */
    CompletableFuture<LeaseKeepAliveResponse> renew(long lease) {
        Live stream;
        synchronized (this) {
            if (live == null) {
                live = new Live(cluster.link());
            }
            stream = live;
        }
        return stream.renew(lease);
    }

    void close() {
        Live stream;
        synchronized (this) {
            stream = live;
        }
        if (stream != null) {
            stream.cancel();
        }
    }

    private final class Live extends ClientCall.Listener<LeaseKeepAliveResponse> {

        private final Link link;
        private final ClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call;
        private final Map<Long, CompletableFuture<LeaseKeepAliveResponse>> asked = new HashMap<>();
        private final List<LeaseKeepAliveRequest> unsent = new ArrayList<>();
        private boolean starting;
        private boolean started;
        private @Nullable Status ended;

        Live(Link link) {
            this.link = link;
            this.call = link.channel().newCall(LeaseGrpc.getLeaseKeepAliveMethod(), CallOptions.DEFAULT);
        }

        CompletableFuture<LeaseKeepAliveResponse> renew(long lease) {
            LeaseKeepAliveRequest request =
                    LeaseKeepAliveRequest.newBuilder().setID(lease).build();
            CompletableFuture<LeaseKeepAliveResponse> answer = new CompletableFuture<>();
            boolean first;
            synchronized (this) {
                if (ended != null) {
                    return CompletableFuture.failedFuture(failure(ended));
                }
                first = !starting;
                starting = true;
                asked.put(lease, answer);
                if (started) {
                    call.sendMessage(request);
                } else {
                    unsent.add(request);
                }
            }
            if (first) {
                credentials.token().whenComplete(this::start);
            }
            return answer;
        }

        private void start(@Nullable String token, @Nullable Throwable failure) {
            if (failure != null) {
                onClose(Credentials.status(failure), new Metadata());
                return;
            }
            synchronized (this) {
                if (ended != null) {
                    return;
                }
                call.start(this, Calls.headers(token));
                call.request(Integer.MAX_VALUE);
                started = true;
                unsent.forEach(call::sendMessage);
                unsent.clear();
            }
        }

        void cancel() {
            // First: nothing may be sent by a call that was cancelled.
            onClose(Status.CANCELLED.withDescription(INSTEAD), new Metadata());
            boolean running;
            synchronized (this) {
                running = started;
            }
            if (running) {
                call.cancel(INSTEAD, null);
            }
        }

        @Override
        public void onMessage(LeaseKeepAliveResponse response) {
            CompletableFuture<LeaseKeepAliveResponse> answer;
            synchronized (this) {
                answer = asked.remove(response.getID());
            }
            if (answer != null) {
                answer.complete(response);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            List<CompletableFuture<LeaseKeepAliveResponse>> waiting;
            synchronized (this) {
                if (ended != null) {
                    return;
                }
                ended = status;
                waiting = new ArrayList<>(asked.values());
                asked.clear();
            }
            synchronized (KeepAlives.this) {
                if (live == this) {
                    live = null;
                }
            }
            if (status.getCode() != Status.Code.CANCELLED) {
                cluster.failed(link, Calls.text(status));
            }
            waiting.forEach(answer -> answer.completeExceptionally(failure(status)));
        }

        private CallFailure failure(Status status) {
            return new CallFailure(status, false, link.server().toString());
        }
    }
}
