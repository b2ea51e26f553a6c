package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.opentest4j.TestAbortedException;

/** What promises of the network between a client and its server share: two clients, of which one has a bad link. */
abstract class LinkPromises extends Promises {

    /** Between {@link #far} and the server. */
    FaultProxy proxy;

    /** The client whose link fails; {@link #store} has its own, which does not. */
    Store far;

    Link link;

    LinkPromises(StoreContract engine) {
        super(engine);
    }

    @BeforeEach
    void openClientBehindTheProxy() {
        Link named = engine.link();
        if (named == null) {
            if (!store.traits().contains(Trait.DISTRIBUTED_ACROSS_HOSTS)) {
                throw new NotPromised("the engine " + store.engine() + " has no server, and so no link to one");
            }
            throw new TestAbortedException("no server of the engine " + store.engine()
                    + " is named by host and port, so that a proxy could be put before it");
        }
        link = named;
        proxy = FaultProxy.to(link.servers());
        try {
            far = openFar();
        } catch (ConnectionException e) {
            if (!(engine instanceof StoreConformance)) {
                throw e;
            }
            // By its own address the store was just opened: a certificate, for instance, may not name the proxy's.
            throw new TestAbortedException("the engine " + store.engine()
                    + " cannot be reached through a proxy on 127.0.0.1: " + e.getMessage());
        }
    }

    /** Another client behind the proxy, closed after the test. */
    Store openFar() {
        return opened(Store.open(link.urlAt().apply(proxy.address())));
    }

    @AfterEach
    void heal() {
        if (proxy != null) {
            proxy.pass();
            closeClients();
            proxy.close();
        }
    }

    /** A session of this client that lasts as briefly as it may, but not below the given time. */
    static Session session(Store client, Duration atLeast) {
        Duration least = client.limits().minSession();
        return client.openSession(
                new SessionOptions(least.compareTo(atLeast) > 0 ? least : atLeast), Patience.deadline());
    }

    /** Large enough to be known among the bytes that a proxy holds. */
    static Bytes large() {
        return text("x".repeat(8 << 10));
    }

    /** Sends a commit that the proxy holds. */
    CompletableFuture<CommitResult> sendHeld(Commit commit) {
        proxy.holdRequests();
        CompletableFuture<CommitResult> sent = far.commit(commit);
        Patience.await("a request held by the proxy").until(() -> proxy.heldRequests() >= 8 << 10);
        // To the last byte: a server waits for the rest of what it got in part.
        long[] seen = new long[1];
        Patience.await("the whole of a request held by the proxy")
                .during(Duration.ofMillis(100))
                .until(() -> {
                    long before = seen[0];
                    seen[0] = proxy.heldRequests();
                    return seen[0] == before;
                });
        return sent;
    }

    /** Waits until the operation has ended by itself, and answers how it failed; empty where it did not. */
    static Optional<MusterException> awaitFailure(CompletableFuture<?> operation) {
        Patience.await("the end of an operation over a broken link", Duration.ofSeconds(30))
                .until(operation::isDone);
        return operation.isCompletedExceptionally() ? Optional.of(failureOf(operation)) : Optional.empty();
    }

    /** An engine may find out by itself what became of a commit; it must not deny what it does not know. */
    static void assertUnknownOrKnownRightly(CompletableFuture<CommitResult> sent, long revision) {
        Optional<MusterException> failure = awaitFailure(sent);
        if (failure.isPresent()) {
            assertThat(failure.get())
                    .as("the failure of a commit that was applied and not answered")
                    .isInstanceOf(OutcomeUnknownException.class);
        } else {
            assertThat(applied(join(sent)).revision()).isEqualTo(revision);
        }
    }
}
