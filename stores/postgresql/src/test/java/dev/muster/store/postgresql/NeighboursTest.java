package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.PostgresServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.testkit.Patience;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Stores beside each other and beside the tables of others, and how many connections a store takes. */
class NeighboursTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final PostgresServer server = PostgresServer.shared();

    private static void put(Store store, String name) {
        Commit commit = Commit.in("d").put(name, Bytes.utf8("1")).build();
        assertThat(store.commit(commit, SOON).isApplied()).isTrue();
    }

    private String tables(String schema) {
        return server.sql("select string_agg(c.relname || ' ' || c.oid || ' ' || c.xmin, ', ' order by c.oid)"
                + " from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '" + schema + "'");
    }

    @Test
    void storesOfOtherSchemasAndPrefixesAreOthers() {
        try (Store one = Store.open(server.url() + "?schema=one");
                Store two = Store.open(server.url() + "?schema=two");
                Store prefixed = Store.open(server.url() + "?schema=one&prefix=x_")) {
            WatchRecorder recorder = WatchRecorder.of(two, "d");
            Session session = one.openSession(new SessionOptions(Duration.ofSeconds(20)), SOON);
            Session other = two.openSession(new SessionOptions(Duration.ofSeconds(20)), SOON);
            put(one, "of-one");
            put(two, "of-two");
            put(prefixed, "of-prefixed");
            recorder.awaitNames("of-two");
            assertThat(one.list("d", SOON).names()).containsExactly("of-one");
            assertThat(two.list("d", SOON).names()).containsExactly("of-two");
            assertThat(prefixed.list("d", SOON).names()).containsExactly("of-prefixed");
            server.sql("drop schema one cascade");
            Patience.await("the first store finds out that it was removed")
                    .until(() -> session.state().isFinal());
            put(two, "more");
            assertThat(two.list("d", SOON).names()).containsExactly("of-two", "more");
            assertThat(other.state()).isEqualTo(Session.State.CONNECTED);
        }
    }

    @Test
    void whatOthersHaveInTheSchemaStaysAsItWas() {
        server.sql("create schema shared");
        server.sql("create table shared.orders (id int primary key, what text)");
        server.sql("insert into shared.orders values (1, 'tea')");
        String before = tables("shared");
        try (Store store = Store.open(server.url() + "?schema=shared")) {
            put(store, "a");
        }
        assertThat(tables("shared")).startsWith(before);
        assertThat(server.sql("select what from shared.orders")).isEqualTo("tea");
    }

    @Test
    void aStoreTakesNoMoreConnectionsThanItMayAndOne() {
        String counting = "select count(*) from pg_stat_activity where application_name like 'muster%'";
        try (PostgresServer own = PostgresServer.start();
                Store store = Store.open(own.url() + "?connections=2")) {
            List<CompletableFuture<?>> under = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                under.add(store.commit(
                        Commit.in("d" + i % 40).put("a", Bytes.utf8("1")).build()));
                if (i % 100 == 0) {
                    assertThat(Integer.parseInt(own.sql(counting))).isBetween(1, 3);
                }
            }
            CompletableFuture.allOf(under.toArray(CompletableFuture<?>[]::new))
                    .orTimeout(30, java.util.concurrent.TimeUnit.SECONDS)
                    .join();
            assertThat(Integer.parseInt(own.sql(counting))).isBetween(2, 3);
        }
    }
}
