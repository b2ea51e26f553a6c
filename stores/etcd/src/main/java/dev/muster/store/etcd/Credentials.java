package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The token that a user and password are exchanged for, and again when the server no longer takes it. Thread-safe. */
final class Credentials {

    static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private static final int ANSWER_SECONDS = 3;
    private static final CompletableFuture<@Nullable String> NONE = CompletableFuture.completedFuture(null);

    private final Cluster cluster;
    private final @Nullable String user;
    private final @Nullable String password;
    private @Nullable CompletableFuture<@Nullable String> token;

    Credentials(Cluster cluster, @Nullable String user, @Nullable String password) {
        this.cluster = cluster;
        this.user = user;
        this.password = password;
    }

    /** The present token, null without a user. Fails with {@link StatusException}; the next call tries again. */
    CompletableFuture<@Nullable String> token() {
        if (user == null) {
            return NONE;
        }
        CompletableFuture<@Nullable String> fresh;
        synchronized (this) {
            CompletableFuture<@Nullable String> known = token;
            if (known != null && !known.isCompletedExceptionally()) {
                return known;
            }
            fresh = new CompletableFuture<>();
            token = fresh;
        }
        authenticate(fresh, user, password == null ? "" : password);
        return fresh;
    }

    /** Forgets a token that the server did not take. */
    synchronized void refused(@Nullable String old) {
        CompletableFuture<@Nullable String> known = token;
        if (known != null && known.isDone() && !known.isCompletedExceptionally() && Objects.equals(known.join(), old)) {
            token = null;
        }
    }

    static Status status(Throwable failure) {
        return Status.fromThrowable(failure);
    }

    private void authenticate(CompletableFuture<@Nullable String> fresh, String name, String secret) {
        ClientCall<AuthenticateRequest, AuthenticateResponse> call = cluster.link()
                .channel()
                .newCall(
                        AuthGrpc.getAuthenticateMethod(),
                        CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    private @Nullable String answered;

                    @Override
                    public void onMessage(AuthenticateResponse message) {
                        answered = message.getToken();
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        if (answered != null) {
                            fresh.complete(answered);
                        } else if (says(status, "authentication is not enabled")) {
                            fresh.complete(null);
                        } else {
                            fresh.completeExceptionally(new StatusException(status));
                        }
                    }
                },
                Calls.headers(null));
        call.request(1);
        call.sendMessage(AuthenticateRequest.newBuilder()
                .setNameBytes(ByteString.copyFromUtf8(name))
                .setPasswordBytes(ByteString.copyFromUtf8(secret))
                .build());
        call.halfClose();
    }

    private static boolean says(Status status, String part) {
        return status.getDescription() != null && status.getDescription().contains(part);
    }
}
