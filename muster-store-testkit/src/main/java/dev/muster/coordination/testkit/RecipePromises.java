package dev.muster.coordination.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.store.Await;
import dev.muster.store.Commit;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.testkit.NotPromised;
import dev.muster.store.testkit.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the parts of the recipe contract share: members on clients of their own, in a namespace of the test's own. */
abstract class RecipePromises {

    /** For what must not happen at all, or at once: long enough for anything that is merely slow. */
    static final Duration LONG = Duration.ofSeconds(30);

    final RecipeContract engine;

    /** All that a test writes lies under this, so that nothing of a user's is touched and all can be cleaned. */
    final String namespace = "muster-contract-" + Nonce.next();

    /** A client that looks at the store from outside. */
    Store store;

    @RegisterExtension
    final AfterTestExecutionCallback stateAtFailure = context -> context.getExecutionException()
            .filter(failure -> !(failure instanceof org.opentest4j.TestAbortedException))
            .ifPresent(failure -> failure.addSuppressed(new StateAtFailure(describeState())));

    private final ConcurrentLinkedDeque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();

    RecipePromises(RecipeContract engine) {
        this.engine = engine;
    }

    /** Carries text into the printed stack trace of a failure. */
    private static final class StateAtFailure extends Exception {
        StateAtFailure(String state) {
            super(state, null, false, false);
        }
    }

    @BeforeEach
    void openOutsideClient() {
        store = open();
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        try (Store last = engine.open()) {
            for (AutoCloseable one : opened) {
                one.close();
            }
            for (String left : directories(last)) {
                clear(last, left);
            }
        }
    }

    private static void clear(Store store, String directory) {
        List<String> names = store.list(directory, Patience.deadline()).names();
        int step = store.limits().commitChanges();
        for (int from = 0; from < names.size(); from += step) {
            Commit.Builder deletes = Commit.in(directory);
            names.subList(from, Math.min(names.size(), from + step)).forEach(deletes::delete);
            store.commit(deletes.build(), Patience.deadline());
        }
    }

    /** Another client of the same store, closed after the test. */
    final Store open() {
        return closing(engine.open());
    }

    /** Closes it after the test, before what was opened earlier. */
    final <T extends AutoCloseable> T closing(T one) {
        opened.addFirst(one);
        return one;
    }

    /** A started coordinator on a client of its own. */
    /** A time-out that is brief, and that a busy machine keeps: it may starve a process for most of the shortest. */
    final Duration briefSession() {
        Duration least = store.limits().minSession();
        Duration brief = Duration.ofSeconds(2);
        return least.compareTo(brief) > 0 ? least : brief;
    }

    final Coordinator member(String id) {
        return member(id, UnaryOperator.identity());
    }

    final Coordinator member(String id, UnaryOperator<CoordinatorOptions.Builder> more) {
        return member(id, open(), more);
    }

    /** A started coordinator on a client that the test prepared. */
    final Coordinator member(String id, Store client, UnaryOperator<CoordinatorOptions.Builder> more) {
        return closing(over(id, client, more)).start();
    }

    /** A coordinator that is not started yet. */
    final Coordinator over(String id, Store client, UnaryOperator<CoordinatorOptions.Builder> more) {
        return Coordinator.over(
                client,
                more.apply(CoordinatorOptions.member(id).namespace(namespace)).build());
    }

    final boolean promises(Trait trait) {
        return store.traits().contains(trait);
    }

    /**
     * Says that the engine was held to less than the name of the test tells, since it promises no more. A test of the engine
     * has then passed; to whom each promise is told, this one is told as none.
     */
    final void isHeldToLess(String reason) {
        if (engine instanceof RecipeConformance) {
            throw new NotPromised("the engine " + store.engine() + " " + reason);
        }
    }

    /** Ends the coordinator's session as that of a dead process would end, or skips the test. */
    final void expire(Coordinator coordinator) {
        assumeTrue(
                engine.expire(coordinator.store(), coordinator.session()),
                "the engine " + store.engine() + " cannot end a session at will");
    }

    /** Where the entries of a lock, a group or an election are. */
    final String directory(String kind, String name) {
        return namespace + "/" + kind + "/" + name;
    }

    final Listing list(String directory) {
        return store.list(directory, Patience.deadline());
    }

    final List<String> directories(Store client) {
        return Await.read(client.directories(namespace), Patience.deadline(), "list directories");
    }

    static <T> T join(CompletableFuture<T> future) {
        return Await.read(future, Patience.deadline(), "finish an operation of a test");
    }

    /** The handle that an acquisition under way must come to hold. */
    static LockHandle held(CompletableFuture<Optional<LockHandle>> acquiring) {
        return join(acquiring).orElseThrow(() -> new AssertionError("the lock was not acquired"));
    }

    private String describeState() {
        StringBuilder text = new StringBuilder("the store " + store.engine() + " held:");
        try (Store client = engine.open()) {
            for (String path : directories(client)) {
                Listing listing = client.list(path, Patience.deadline());
                text.append("\n  ").append(path).append(" at ").append(listing.revision());
                listing.entries().stream()
                        .limit(20)
                        .forEach(entry -> text.append("\n    ").append(entry));
            }
        } catch (MusterException e) {
            text.append(" (could not be read: ").append(e).append(')');
        }
        return text.toString();
    }
}
