package dev.muster.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.LockAcquireFailed;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import dev.muster.store.TimeoutException;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.memory.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What recipes do on a store that refuses for a while, or that answers late and on threads of its own. */
class ReluctantStoreTest {

    private static final ExecutorService ENGINE = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "engine");
        thread.setDaemon(true);
        return thread;
    });

    private static volatile boolean full;
    private static volatile boolean late;
    private static volatile boolean deaf;
    private static final List<WatchListener> DEAF = new CopyOnWriteArrayList<>();
    private static final List<Store> OPENED = new CopyOnWriteArrayList<>();
    private static final List<Session> SESSIONS = new CopyOnWriteArrayList<>();

    /** Opens {@code reluctant:}. */
    public static final class Provider implements StoreProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("reluctant");
        }

        @Override
        public Set<String> options() {
            return Set.of();
        }

        @Override
        public Store open(StoreUri uri) {
            Store opened = reluctant(MemoryStore.create());
            OPENED.add(opened);
            return opened;
        }
    }

    private static Store reluctant(MemoryStore store) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (full && method.getName().equals("commit")) {
                        return CompletableFuture.failedFuture(new StorageException("the store is full"));
                    }
                    if (deaf && method.getName().equals("watch")) {
                        DEAF.add((WatchListener) arguments[2]);
                        return (Watch) () -> {};
                    }
                    try {
                        Object answer = method.invoke(store, arguments);
                        return late && answer instanceof CompletableFuture<?> future ? later(future) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static CompletableFuture<Object> later(CompletableFuture<?> future) {
        CompletableFuture<Object> later = new CompletableFuture<>();
        Executor soon = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS, ENGINE);
        soon.execute(() -> future.whenComplete((answer, failure) -> {
            if (answer instanceof Session session) {
                SESSIONS.add(session);
            }
            if (failure == null) {
                later.complete(answer);
            } else {
                later.completeExceptionally(failure);
            }
        }));
        return later;
    }

    private final Store store = reluctant(MemoryStore.create());
    private final Coordinator one =
            Coordinator.over(store, CoordinatorOptions.member("one").build()).start();

    @AfterEach
    void close() {
        full = false;
        late = false;
        deaf = false;
        one.close();
        store.close();
    }

    @Test
    void aLockIsLetGoOfOnceAStoreThatWasFullTakesIt() throws Exception {
        LockHandle held = one.lock("a").acquire(Duration.ofSeconds(5));
        full = true;
        CompletableFuture<Release> released = held.releaseAsync();
        full = false;
        assertThat(released.get(5, TimeUnit.SECONDS)).isEqualTo(Release.RELEASED);
        assertThat(one.lock("a").tryAcquire()).isPresent();
    }

    @Test
    void whatHasADeadlineIsToldOfAFullStoreAtOnce() {
        full = true;
        assertThatThrownBy(() -> one.lock("a").tryAcquire(Duration.ofSeconds(5)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("full");
    }

    @Test
    void whoWaitsForALockDoesNotHoldItByTheListingAfterALossThatTookItsOwnEntryToo() {
        LockHandle held = one.lock("a").acquire(Duration.ofSeconds(5));
        deaf = true;
        DEAF.clear();
        CompletableFuture<Optional<LockHandle>> waiting = one.lock("a").acquireAsync(Duration.ofSeconds(30));
        await().until(() -> !DEAF.isEmpty());
        WatchListener blocker = DEAF.get(0);
        String directory = "muster/locks/a";
        Listing both = store.list(directory, Duration.ofSeconds(5));
        blocker.onEvent(new WatchEvent.Listed(both, false));
        Commit.Builder loss = Commit.in(directory);
        both.names().forEach(loss::delete);
        store.commit(loss.build(), Duration.ofSeconds(5));
        Listing none = store.list(directory, Duration.ofSeconds(5));
        blocker.onEvent(new WatchEvent.Listed(none, true));
        assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(LockAcquireFailed.class);
        held.close();
    }

    @Test
    void changesOfCapabilitiesDoNotRunOnAThreadOfTheEngine() throws Exception {
        Membership membership = one.group("g").joinOrCreate(Capabilities.of(0L));
        late = true;
        List<String> threads = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (int i = 0; i < 3; i++) {
            last = membership.updateAsync(now -> {
                threads.add(Thread.currentThread().getName());
                return Capabilities.of((long) now.value() + 1);
            });
        }
        last.get(5, TimeUnit.SECONDS);
        assertThat(membership.capabilities().value()).isEqualTo(3L);
        assertThat(threads).hasSize(3).noneMatch(name -> name.equals("engine"));
    }

    @Test
    void whoIsInterruptedWhileConnectingLeavesNothingBehind() {
        late = true;
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Coordinator.connect("reluctant:", "two")).isInstanceOf(TimeoutException.class);
        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> !SESSIONS.isEmpty());
        await().untilAsserted(() -> assertThat(SESSIONS).allMatch(session -> session.state() == Session.State.CLOSED));
        await().until(() -> OPENED.stream().allMatch(ReluctantStoreTest::isClosed));
    }

    private static boolean isClosed(Store store) {
        try {
            store.watch("d", WatchOptions.ALL, event -> {}).close();
            return false;
        } catch (ConnectionException closed) {
            return true;
        }
    }
}
