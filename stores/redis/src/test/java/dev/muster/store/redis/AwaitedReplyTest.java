package dev.muster.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.RedisServer;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import dev.muster.store.testkit.FaultProxy;
import dev.muster.store.testkit.Patience;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Callers who only wait for a reply read it themselves; the thread of the connection reads all else. */
class AwaitedReplyTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration OPERATION = Duration.ofSeconds(5);

    /** How long the server is told to do nothing; well over what a caller waits on its own, and less than a lost reply. */
    private static final Duration LATE = Duration.ofMillis(300);

    private static RedisServer server;

    private final FaultProxy proxy = FaultProxy.to(
            URI.create(server.url()).getHost(), URI.create(server.url()).getPort());
    private final Store store = Store.open("redis://" + proxy.address());

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void close() {
        store.close();
        proxy.close();
    }

    private static Commit put(String name) {
        return Commit.in("awaited/replies").put(name, Bytes.utf8("1")).build();
    }

    private CompletableFuture<CommitResult> standingBy(Commit commit) {
        return Await.standingBy(OPERATION, () -> store.commit(commit));
    }

    private Settlement settled(Commit commit) {
        return Await.read(store.settle(commit), DEADLINE, "settle");
    }

    private static void pauseServer() {
        try (Jedis jedis = new Jedis(URI.create(server.url()))) {
            jedis.clientPause(LATE.toMillis());
        }
    }

    /** The first reply comes to the thread of the connection, which then rests. */
    private void haveTheReaderRest() {
        assertThat(Await.commit(standingBy(put("first")), DEADLINE, put("first"))
                        .isApplied())
                .isTrue();
        Patience.await("a reply that its caller read")
                .until(() -> standingBy(put("first")).isDone());
    }

    @Test
    void aCallerWhoWaitsHasItsReplyWhenTheCallReturns() {
        haveTheReaderRest();
        int done = 0;
        for (int i = 0; i < 100; i++) {
            CompletableFuture<CommitResult> result = standingBy(put("own"));
            done += result.isDone() ? 1 : 0;
            assertThat(Await.commit(result, DEADLINE, put("own")).isApplied()).isTrue();
        }
        assertThat(done).isGreaterThan(50);
    }

    @Test
    void aCallerLeavesAReplyThatIsLateToTheThreadOfTheConnection() throws Exception {
        haveTheReaderRest();
        pauseServer();
        long begun = System.nanoTime();
        CompletableFuture<CommitResult> late = standingBy(put("late"));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LATE);
        assertThat(late).isNotDone();
        assertThat(late.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).isApplied()).isTrue();
    }

    @Test
    void aCallerWhoIsInterruptedIsNotHeldByItsReading() throws Exception {
        haveTheReaderRest();
        pauseServer();
        Thread.currentThread().interrupt();
        Commit commit = put("interrupted");
        CompletableFuture<CommitResult> result = standingBy(commit);
        Assertions.assertThatThrownBy(() -> Await.commit(result, DEADLINE, commit))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).isApplied())
                .isTrue();
    }

    @Test
    void whoDoesNotWaitIsAnsweredWhileOthersReadTheirOwnReplies() throws Exception {
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String name = "caller-" + i;
            callers.add(CompletableFuture.runAsync(() -> {
                for (int n = 0; n < 2_000; n++) {
                    Commit commit = put(name);
                    assertThat(Await.commit(standingBy(commit), DEADLINE, commit)
                                    .isApplied())
                            .isTrue();
                }
            }));
        }
        for (int n = 0; n < 2_000; n++) {
            assertThat(store.commit(put("async"))
                            .get(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                            .isApplied())
                    .isTrue();
        }
        for (CompletableFuture<Void> caller : callers) {
            caller.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void aReplyThatIsCutOffWhileItsCallerReadsIsSettledOverANewConnection() throws Exception {
        haveTheReaderRest();
        proxy.swallowReplies();
        Commit commit = put("cut");
        CompletableFuture<CommitResult> cut = standingBy(commit);
        assertThat(cut).isNotDone();
        CompletableFuture<CommitResult> behind = standingBy(put("behind"));
        proxy.cut();
        proxy.pass();
        for (CompletableFuture<CommitResult> lost : List.of(cut, behind)) {
            Assertions.assertThatThrownBy(() -> lost.get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .hasCauseInstanceOf(OutcomeUnknownException.class);
        }
        assertThat(settled(commit)).isInstanceOf(Settlement.Applied.class);
        haveTheReaderRest();
    }

    @Test
    void aConnectionThatIsCutInTheMiddleOfTheReadingIsReplacedAtOnce() {
        haveTheReaderRest();
        for (int i = 0; i < 5; i++) {
            proxy.cut();
            Commit commit = put("again");
            CompletableFuture<CommitResult> result = standingBy(commit);
            try {
                Await.commit(result, DEADLINE, commit);
            } catch (OutcomeUnknownException e) {
                assertThat(settled(commit)).isNotNull();
            }
            assertThat(store.list("awaited/replies", DEADLINE).names()).isNotEmpty();
        }
    }
}
