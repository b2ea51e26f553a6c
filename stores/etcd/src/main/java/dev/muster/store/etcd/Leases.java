package dev.muster.store.etcd;

import dev.muster.store.Await;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** Grants and revokes leases. Their ids are chosen here, so that a request that arrives twice means the same one. */
final class Leases {

    private final Calls calls;

    Leases(Calls calls) {
        this.calls = calls;
    }

    static long next() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    /** Answers for how many seconds it was granted: perhaps for more than was asked for. */
    CompletableFuture<Long> grant(long lease, long seconds) {
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setID(lease).setTTL(seconds).build();
        return calls.ask(LeaseGrpc.getLeaseGrantMethod(), request)
                .thenApply(LeaseGrantResponse::getTTL)
                .exceptionallyCompose(
                        failure -> isThere(failure) ? granted(lease) : CompletableFuture.failedFuture(failure));
    }

    /** A copy of the request came before, whose answer was lost. */
    private static boolean isThere(Throwable failure) {
        return Await.cause(failure) instanceof CallFailure call && call.says("lease already exists");
    }

    private CompletableFuture<Long> granted(long lease) {
        LeaseTimeToLiveRequest request =
                LeaseTimeToLiveRequest.newBuilder().setID(lease).build();
        return calls.ask(LeaseGrpc.getLeaseTimeToLiveMethod(), request)
                .thenApply(LeaseTimeToLiveResponse::getGrantedTTL);
    }

    CompletableFuture<Void> revoke(long lease) {
        LeaseRevokeRequest request =
                LeaseRevokeRequest.newBuilder().setID(lease).build();
        return calls.ask(LeaseGrpc.getLeaseRevokeMethod(), request).handle((done, failure) -> {
            if (failure != null && !isGone(failure)) {
                throw Failures.rethrown(failure);
            }
            return null;
        });
    }

    private static boolean isGone(Throwable failure) {
        return Await.cause(failure) instanceof CallFailure call && call.status().getCode() == Status.Code.NOT_FOUND;
    }
}
