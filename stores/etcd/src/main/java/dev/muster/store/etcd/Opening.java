package dev.muster.store.etcd;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.etcd.Cluster.Link;
import dev.muster.store.etcd.Settings.Address;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the servers for their versions, and how many they are, before anything else. */
final class Opening {

    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final int ANSWER_MILLIS = 4_500;

    /** How long the others have once one may have answered. */
    private static final int OTHERS_MILLIS = 1_500;

    private final Cluster cluster;
    private final Failures failures;

    Opening(Cluster cluster, Failures failures) {
        this.cluster = cluster;
        this.failures = failures;
    }

    /**
     * Who serves.
     *
     * @param isAlone whether the cluster has one member: then none can come back that led it before
     */
    record Servers(Version oldest, boolean isAlone) {

        /** Whether a lease that its client renews in time always lasts. */
        boolean keepLivingLeases() {
            return isAlone || oldest.keepsLivingLeases();
        }
    }

    /**
     * The servers that answer.
     *
     * @throws MusterException where none does, or one is too old
     */
    Servers servers() {
        long start = System.nanoTime();
        CompletableFuture<MemberListResponse> members = members();
        Version oldest = oldest();
        long left = OTHERS_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        boolean isAlone = isOver(members, Math.max(0, left))
                && isAnswered(members)
                && members.join().getMembersCount() == 1;
        return new Servers(oldest, isAlone);
    }

    private Version oldest() {
        List<CompletableFuture<StatusResponse>> answers = new ArrayList<>();
        for (Address server : cluster.servers()) {
            answers.add(ask(server));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        if (!isOver(all, OTHERS_MILLIS) && answers.stream().noneMatch(Opening::isAnswered)) {
            isOver(all, ANSWER_MILLIS);
        }
        Version oldest = null;
        Throwable failed = null;
        for (CompletableFuture<StatusResponse> answer : answers) {
            if (!answer.isDone()) {
                LOG.info("a server of {} does not answer: its version is not known", cluster.servers());
            } else if (answer.isCompletedExceptionally()) {
                Throwable failure = answer.handle((none, thrown) -> thrown).join();
                failed = failed == null ? failure : failed;
            } else {
                Version version = Version.of(answer.join().getVersion());
                oldest = oldest == null || version.compareTo(oldest) < 0 ? version : oldest;
            }
        }
        if (oldest == null) {
            throw failed == null
                    ? new ConnectionException("Could not open a store: interrupted while waiting for "
                            + cluster.servers() + ". Try again where the thread is not interrupted.")
                    : failures.of(failed, "open a store");
        }
        if (oldest.compareTo(Version.OLDEST) < 0) {
            throw new StorageException("Could not open a store: a server is etcd " + oldest + ", and " + Version.OLDEST
                    + " is the oldest that has what Muster needs. Update it.");
        }
        return oldest;
    }

    private static boolean isAnswered(CompletableFuture<?> answer) {
        return answer.isDone() && !answer.isCompletedExceptionally();
    }

    private static boolean isOver(CompletableFuture<?> all, long millis) {
        try {
            all.handle((done, failure) -> true).get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private CompletableFuture<StatusResponse> ask(Address server) {
        Link link = cluster.link();
        if (server.equals(link.server())) {
            return ask(server, link.channel());
        }
        ManagedChannel channel = cluster.dialer().dial(server);
        return ask(server, channel).whenComplete((answer, failure) -> channel.shutdown());
    }

    private CompletableFuture<MemberListResponse> members() {
        Link link = cluster.link();
        return ask(
                ClusterGrpc.getMemberListMethod(),
                MemberListRequest.getDefaultInstance(),
                link.server(),
                link.channel());
    }

    private static CompletableFuture<StatusResponse> ask(Address server, ManagedChannel channel) {
        return ask(MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance(), server, channel);
    }

    private static <Q, R> CompletableFuture<R> ask(
            MethodDescriptor<Q, R> method, Q request, Address server, ManagedChannel channel) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        ClientCall<Q, R> call =
                channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(ANSWER_MILLIS, TimeUnit.MILLISECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    private @Nullable R answered;

                    @Override
                    public void onMessage(R message) {
                        answered = message;
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        R told = answered;
                        if (told != null) {
                            answer.complete(told);
                        } else {
                            answer.completeExceptionally(new CallFailure(status, false, server.toString()));
                        }
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(request);
        call.halfClose();
        return answer;
    }
}
