package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the parts of the store contract share: clients of the store under test, and a place in it of the test's own. */
@ExtendWith(StateAtFailure.class)
abstract class Promises {

    static final SessionOptions SESSION = new SessionOptions(Duration.ofSeconds(10));

    final StoreContract engine;

    /** Every directory of the test lies under this, so that nothing of a user's is touched and all can be cleaned. */
    final String root = "muster-contract-" + Nonce.next();

    /** The directory of a test that needs but one. */
    final String directory = root + "/d";

    /** The first client. */
    Store store;

    private final List<Store> opened = new CopyOnWriteArrayList<>();

    Promises(StoreContract engine) {
        this.engine = engine;
    }

    @BeforeEach
    void openFirstClient() {
        store = open();
    }

    @AfterEach
    void leaveNothingBehind() {
        try (Store last = engine.open()) {
            closeClients();
            for (String left : Await.read(last.directories(root), Patience.deadline(), "list directories")) {
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
    Store open() {
        return opened(engine.open());
    }

    /** Has the client closed after the test. */
    Store opened(Store client) {
        opened.add(client);
        return client;
    }

    void closeClients() {
        opened.forEach(Store::close);
    }

    void requires(Trait trait) {
        if (!store.traits().contains(trait)) {
            throw new NotPromised("the engine " + store.engine() + " does not declare " + trait.name());
        }
    }

    Commit.Builder in(String directory) {
        return Commit.in(directory);
    }

    /** A commit on the test's one directory. */
    Commit.Builder in() {
        return Commit.in(directory);
    }

    static Bytes text(String text) {
        return Bytes.utf8(text);
    }

    CommitResult commit(Commit commit) {
        return commit(store, commit);
    }

    static CommitResult commit(Store client, Commit commit) {
        return client.commit(commit, Patience.deadline());
    }

    /** Commits what must apply, and answers the revision. */
    long apply(Commit.Builder builder) {
        return apply(store, builder);
    }

    static long apply(Store client, Commit.Builder builder) {
        return applied(commit(client, builder.build())).revision();
    }

    static CommitResult.Applied applied(CommitResult result) {
        assertThat(result).as("a commit that must apply").isInstanceOf(CommitResult.Applied.class);
        return (CommitResult.Applied) result;
    }

    static CommitResult.Refused refused(CommitResult result) {
        assertThat(result).as("a commit that a guard must refuse").isInstanceOf(CommitResult.Refused.class);
        return (CommitResult.Refused) result;
    }

    Listing list() {
        return list(store, directory);
    }

    static Listing list(Store client, String directory) {
        return client.list(directory, Patience.deadline());
    }

    Entry entry(String name) {
        return list().find(name)
                .orElseThrow(() -> new AssertionError("directory " + directory + " has no entry " + name));
    }

    Session session() {
        return session(store);
    }

    static Session session(Store client) {
        return client.openSession(SESSION, Patience.deadline());
    }

    static <T> T join(CompletableFuture<T> future) {
        return Await.read(future, Patience.deadline(), "finish an operation of a test");
    }

    static Settlement settle(Store client, Commit commit) {
        return join(client.settle(commit));
    }

    List<String> directories(String prefix) {
        return join(store.directories(prefix));
    }

    /** A recorded watch of the test's one directory. */
    WatchRecorder watch() {
        return watch(store, directory, WatchOptions.ALL);
    }

    static WatchRecorder watch(Store client, String directory, WatchOptions options) {
        return WatchRecorder.of(client, directory, options);
    }

    static MusterException failureOf(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(() -> join(future));
        assertThat(failure).as("the failure of the operation").isInstanceOf(MusterException.class);
        return (MusterException) failure;
    }

    String describeState() {
        StringBuilder text = new StringBuilder("the store " + store.engine() + " held:");
        try (Store client = engine.open()) {
            for (String path : Await.read(client.directories(root), Patience.deadline(), "list directories")) {
                Listing listing = list(client, path);
                text.append("\n  ").append(path).append(" at ").append(listing.revision());
                listing.entries().stream()
                        .limit(20)
                        .forEach(entry -> text.append("\n    ").append(entry));
                if (listing.entries().size() > 20) {
                    text.append("\n    … ").append(listing.entries().size()).append(" entries");
                }
            }
        } catch (RuntimeException e) {
            text.append(" (could not be read: ").append(e).append(')');
        }
        return text.toString();
    }
}
