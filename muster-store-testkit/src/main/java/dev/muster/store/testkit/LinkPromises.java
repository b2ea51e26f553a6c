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
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.TimeoutException;
import dev.muster.store.Trait;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
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

    /** Settles over a link that was healed a moment ago: the client may have to connect first. */
    static Settlement settleHealed(Store client, Commit commit) {
        Settlement[] answer = new Settlement[1];
        Patience.await("the settlement of a commit", Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(MusterException.class)
                .until(() -> {
                    answer[0] = settle(client, commit);
                    return true;
                });
        return answer[0];
    }

    /** Commits over a link that was healed a moment ago, again where that is known not to have applied. */
    static long applyHealed(Store client, Supplier<Commit.Builder> builder) {
        long[] revision = new long[1];
        Patience.await("a commit over a link that was healed", Duration.ofSeconds(30))
                .until(() -> {
                    Commit commit = builder.get().build();
                    try {
                        revision[0] = applied(commit(client, commit)).revision();
                    } catch (ConnectionException | TimeoutException e) {
                        return false;
                    } catch (OutcomeUnknownException e) {
                        if (!(settleHealed(client, commit) instanceof Settlement.Applied applied)) {
                            return false;
                        }
                        revision[0] = applied.revision();
                    }
                    return true;
                });
        return revision[0];
    }
}
