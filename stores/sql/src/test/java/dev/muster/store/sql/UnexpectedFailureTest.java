package dev.muster.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.StorageException;
import dev.muster.store.Trait;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver that throws what it should not: who waits is told, and who comes after is served. */
class UnexpectedFailureTest {

    private static final UUID IDENTITY = UUID.randomUUID();

    private volatile Throwable thrown = new IllegalStateException("of the driver");
    private volatile boolean failing = true;

    private final SqlStore store = SqlStore.open(new Throwing(), 2, Duration.ofSeconds(5));

    @AfterEach
    void close() {
        store.close();
    }

    private final class Throwing implements Dialect {
        @Override
        public String engine() {
            return "throwing";
        }

        @Override
        public Set<Trait> traits() {
            return Set.of();
        }

        @Override
        public void prepare() {}

        @Override
        public Link connect() {
            return (Link) Proxy.newProxyInstance(
                    Link.class.getClassLoader(),
                    new Class<?>[] {Link.class},
                    (proxy, method, arguments) -> answer(method.getName()));
        }

        @Override
        public MusterException failure(SQLException e, String what) {
            return new ConnectionException("could not " + what, e);
        }

        @Override
        public boolean isUndone(SQLException e) {
            return false;
        }

        @Override
        public boolean isWiped(SQLException e) {
            return false;
        }
    }

    private Object answer(String method) throws Throwable {
        if (failing && (method.equals("list") || method.equals("commit"))) {
            throw thrown;
        }
        return switch (method) {
            case "look" -> new Look(IDENTITY, false, null, Map.of());
            case "await", "due" -> List.of();
            case "enlist" -> 1L;
            case "list" -> new Page(new Listing(1, List.of()), false);
            default -> null;
        };
    }

    private static Throwable failure(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(() -> future.get(5, TimeUnit.SECONDS));
        assertThat(failure).isInstanceOf(ExecutionException.class);
        return failure.getCause();
    }

    @Test
    void whoWaitsIsToldAndTheDirectoryIsServedAgain() throws Exception {
        for (Throwable each : List.of(thrown, new NoClassDefFoundError("of the driver"))) {
            thrown = each;
            failing = true;
            assertThat(failure(store.list("d"))).isInstanceOf(StorageException.class);
            assertThat(failure(store.commit(Commit.in("d").delete("a").build())))
                    .isInstanceOf(OutcomeUnknownException.class);
            failing = false;
            assertThat(store.list("d").get(5, TimeUnit.SECONDS).entries()).isEmpty();
        }
    }
}
