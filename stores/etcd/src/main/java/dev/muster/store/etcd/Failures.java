package dev.muster.store.etcd;

import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.StorageException;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;

/** What the errors of etcd mean to the user. */
final class Failures {

    private final Settings settings;

    Failures(Settings settings) {
        this.settings = settings;
    }

    /** The same future, its {@link CallFailure}s told in the words of the contract. */
    <T> CompletableFuture<T> told(CompletableFuture<T> future, String what) {
        return future.exceptionallyCompose(failure -> CompletableFuture.failedFuture(of(failure, what)));
    }

    /** A commit that may have been sent has an unknown outcome, whatever became of it. */
    MusterException ofCommit(Throwable failure, Commit commit) {
        Throwable cause = Await.cause(failure);
        if (cause instanceof CallFailure call && call.isUncertain()) {
            return new OutcomeUnknownException(commit, call);
        }
        return of(cause, "commit on " + commit.directory());
    }

    MusterException of(Throwable failure, String what) {
        Throwable cause = Await.cause(failure);
        if (cause instanceof MusterException known) {
            return known;
        }
        if (cause instanceof CallFailure call) {
            return of(call, what);
        }
        return new StorageException("Could not " + what + " at " + settings + ": an unexpected failure", cause);
    }

    private MusterException of(CallFailure call, String what) {
        String tried = "Could not " + what + " at " + settings + " (last tried: " + call.server() + "): ";
        if (call.says("authentication failed") || call.says("invalid user ID or password")) {
            return new StorageException(
                    tried + "user or password is wrong. Check the part before '@' of the store URI.", call);
        }
        if (call.says("user name is empty")) {
            return new StorageException(
                    tried + "the server wants a user. Write etcd://USER:PASSWORD@HOST:PORT, or show a client"
                            + " certificate whose common name is the user.",
                    call);
        }
        if (call.status().getCode() == Status.Code.PERMISSION_DENIED) {
            return new StorageException(
                    tried + "the user may not read and write there. Grant a role with readwrite on the prefix "
                            + settings.prefix() + "/.",
                    call);
        }
        if (call.isFull()) {
            return new StorageException(
                    tried + "the server's space is used up. Compact and defragment it, or raise its quota, then clear"
                            + " its alarm: etcdctl alarm disarm.",
                    call);
        }
        if (call.says("requested lease not found")) {
            return new ConnectionException(
                    tried + "this client was cut off from it for so long that its lease ended. Try again.", call);
        }
        return switch (call.status().getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN, ABORTED ->
                new ConnectionException(tried + reason(call), call);
            default -> new StorageException(tried + Calls.text(call.status()), call);
        };
    }

    private String reason(CallFailure call) {
        String text = Calls.text(call.status());
        String all = text + causes(call.status().getCause());
        if (all.contains("no leader")) {
            return "it has no leader. Check that more than half of the cluster's members run and reach each other.";
        }
        if (all.contains("certificate_required")
                || all.contains("bad_certificate")
                || all.contains("bad certificate")) {
            return "it refuses this client's certificate. Name one that its authority signed with ?cert=FILE&key=FILE.";
        }
        if (all.contains("PKIX") || all.contains("certificate") || all.contains("UNKNOWN_CA")) {
            return "its certificate is not trusted here. Name the authority that signed it with ?ca=FILE, and the host"
                    + " as in the certificate. " + text;
        }
        if (all.contains("SSL") || all.contains("TLS")) {
            return "it does not speak TLS as this client does. Leave out ?tls and ?ca if it is plain. " + text;
        }
        if (!settings.tls()
                && (all.contains("closed")
                        || all.contains("reset")
                        || all.contains("End of stream")
                        || all.contains("HTTP/2"))) {
            return text + ". If the server wants TLS, add ?tls or ?ca=FILE.";
        }
        if (call.status().getCode() == Status.Code.DEADLINE_EXCEEDED && !call.says("heartbeat")) {
            return "no answer within " + settings.timeout().toMillis()
                    + " ms. Check that more than half of the cluster's members run and reach each other. " + text;
        }
        return text + ". Check that it runs and can be reached.";
    }

    /** To be thrown on within a chain of futures. */
    static RuntimeException rethrown(Throwable failure) {
        Throwable cause = Await.cause(failure);
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }

    private static String causes(Throwable cause) {
        StringBuilder text = new StringBuilder();
        for (Throwable next = cause; next != null; next = next.getCause()) {
            text.append(' ').append(next);
        }
        return text.toString();
    }
}
