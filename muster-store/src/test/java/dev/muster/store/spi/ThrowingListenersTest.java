package dev.muster.store.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import dev.muster.store.memory.MemoryStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A listener that throws, whatever it is, costs neither itself nor others what comes after. */
class ThrowingListenersTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final MemoryStore store = MemoryStore.create();

    @AfterEach
    void close() {
        store.close();
    }

    static Stream<Throwable> thrown() {
        return Stream.of(
                new IllegalStateException("of a listener"),
                new IOException("undeclared, of a listener"),
                new NoClassDefFoundError("of a listener"));
    }

    /** Errors reach the handler of the thread that they end. */
    private static ConditionFactory quietly() {
        return await().dontCatchUncaughtExceptions();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void aWatchGoesOn(Throwable thrown) {
        List<WatchEvent> seen = new CopyOnWriteArrayList<>();
        store.watch("d", WatchOptions.ALL, event -> {
            seen.add(event);
            ThrowingListenersTest.<RuntimeException>sneak(thrown);
        });
        quietly().until(() -> seen.size() == 1);
        for (int i = 2; i < 5; i++) {
            store.commit(Commit.in("d").put("a", Bytes.utf8("" + i)).build(), DEADLINE);
            int count = i;
            quietly().until(() -> seen.size() == count);
        }
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void otherListenersOfASessionAreTold(Throwable thrown) {
        List<Session.State> seen = new CopyOnWriteArrayList<>();
        Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
        session.listen(state -> ThrowingListenersTest.<RuntimeException>sneak(thrown));
        session.listen(seen::add);
        store.expire(session);
        quietly().untilAsserted(() -> assertThat(seen).containsExactly(Session.State.LOST));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void laterTasksOfASerialExecutorRun(Throwable thrown) {
        List<Integer> run = new CopyOnWriteArrayList<>();
        SerialExecutor serial = new SerialExecutor(store.scheduler().executor());
        for (int i = 0; i < 10; i++) {
            int number = i;
            serial.execute(() -> {
                run.add(number);
                ThrowingListenersTest.<RuntimeException>sneak(thrown);
            });
        }
        quietly().untilAsserted(() -> assertThat(run).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    }
}
