package dev.muster.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.InvalidArgument;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Settlement;
import dev.muster.store.StorageException;
import dev.muster.store.Store;
import dev.muster.store.StoreUri;
import dev.muster.store.etcd.Middleman.Deed;
import dev.muster.store.spi.SystemScheduler;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What becomes of requests whose replies do not come, or come too late. */
class EtcdRepliesTest {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String TXN = "etcdserverpb.KV/Txn";
    private static final String GRANT = "etcdserverpb.Lease/LeaseGrant";

    private final EtcdServer server = EtcdServer.shared(EtcdRelease.INSTALLED);

    @Test
    void aSessionIsOpenedThoughTheReplyToItsGrantIsLost() {
        try (Middleman between = new Middleman(server.port());
                Store store = Store.open(between.url())) {
            AtomicInteger grants = new AtomicInteger();
            between.plan(
                    method -> method.equals(GRANT) && grants.incrementAndGet() == 1 ? Deed.SWALLOW_REPLY : Deed.PASS);
            try (Session session = store.openSession(SessionOptions.DEFAULT, DEADLINE)) {
                assertThat(grants.get()).isGreaterThan(1);
                assertThat(session.mayOwn()).isTrue();
            }
        }
    }

    @Test
    void aRefusalIsNotBelievedWhileAnEarlierCopyOfTheRequestMayStillArrive() {
        String directory = "copies/" + System.nanoTime();
        try (Store direct = Store.open(server.url());
                Middleman between = new Middleman(server.port());
                Store store = Store.open(between.url() + "?timeout=4s")) {
            direct.commit(Commit.in(directory).put("there", Bytes.EMPTY).build(), DEADLINE);
            store.commit(Commit.in(directory).put("first", Bytes.EMPTY).build(), DEADLINE);
            AtomicInteger sent = new AtomicInteger();
            between.plan(method -> {
                if (!method.equals(TXN)) {
                    return Deed.PASS;
                }
                int number = sent.incrementAndGet();
                return number == 1 ? Deed.HOLD : number == 2 ? Deed.PASS : Deed.REFUSE;
            });
            Commit commit = Commit.in(directory)
                    .absent("there")
                    .put("late", Bytes.EMPTY)
                    .build();
            assertThatThrownBy(() -> store.commit(commit, DEADLINE)).isInstanceOf(OutcomeUnknownException.class);
            direct.commit(Commit.in(directory).delete("there").build(), DEADLINE);
            between.letGo();
            Patience.await("the first copy to arrive")
                    .until(() -> direct.list(directory, DEADLINE).find("late").isPresent());
            between.plan(method -> Deed.PASS);
            assertThat(Await.read(store.settle(commit), DEADLINE, "settle")).isInstanceOf(Settlement.Applied.class);
        }
    }

    @Test
    void aCommitThatWasCarriedOutByAServerThatSaysItIsFullIsApplied() {
        String directory = "last-room/" + System.nanoTime();
        try (Middleman between = new Middleman(server.port());
                Store store = Store.open(between.url())) {
            store.commit(Commit.in(directory).put("first", Bytes.EMPTY).build(), DEADLINE);
            AtomicInteger sent = new AtomicInteger();
            between.plan(method -> !method.equals(TXN) || sent.incrementAndGet() > 2
                    ? Deed.PASS
                    : sent.get() == 1 ? Deed.PASS_AND_SAY_FULL : Deed.SAY_FULL);
            Commit put = Commit.in(directory).put("a", Bytes.EMPTY).build(Commit.Reply.NAMES);
            assertThat(store.commit(put, DEADLINE).names()).containsExactly("first", "a");
            sent.set(1);
            Commit refused = Commit.in(directory).put("b", Bytes.EMPTY).build();
            between.plan(method -> !method.equals(TXN) || sent.incrementAndGet() > 3 ? Deed.PASS : Deed.SAY_FULL);
            assertThatThrownBy(() -> store.commit(refused, DEADLINE)).isInstanceOf(StorageException.class);
            sent.set(0);
            between.plan(
                    method -> method.equals(TXN) && sent.incrementAndGet() == 1 ? Deed.PASS_AND_SAY_FULL : Deed.PASS);
            Commit absent =
                    Commit.in(directory).absent("c").put("c", Bytes.EMPTY).build();
            assertThat(store.commit(absent, DEADLINE).isApplied()).isTrue();
            assertThat(store.list(directory, DEADLINE).names()).containsExactly("first", "a", "c");
        }
    }

    @Test
    void aCommitThatIsSentTwiceByMistakeCanStillBeSettled() {
        try (Store store = Store.open(server.url())) {
            for (int i = 0; i < 50; i++) {
                Commit commit = Commit.in("twice").put("a", Bytes.EMPTY).build();
                store.commit(commit);
                assertThatThrownBy(() -> Await.read(store.commit(commit), DEADLINE, "commit again"))
                        .isInstanceOf(InvalidArgument.class);
                assertThat(Await.read(store.settle(commit), DEADLINE, "settle")).isNotNull();
            }
        }
    }

    @Test
    void whatIsAskedForWhenTheStoreIsClosedIsAnswered() {
        try (Middleman between = new Middleman(server.port())) {
            Store store = Store.open(between.url());
            between.plan(method -> Deed.REFUSE);
            List<CompletableFuture<?>> asked = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                asked.add(store.list("closing"));
                asked.add(
                        store.commit(Commit.in("closing").put("a", Bytes.EMPTY).build()));
            }
            Patience.pass("some attempts", Duration.ofMillis(300));
            store.close();
            Patience.await("all answers", Duration.ofSeconds(3))
                    .until(() -> asked.stream().allMatch(CompletableFuture::isDone));
        }
    }

    @Test
    void whatIsUnderWayOnAConnectionThatWasGivenUpIsAnsweredWhenTheStoreIsClosed() {
        try (Middleman between = new Middleman(server.port())) {
            Store store = Store.open(between.url());
            AtomicInteger sent = new AtomicInteger();
            between.plan(method -> sent.incrementAndGet() == 1 ? Deed.HOLD : Deed.REFUSE);
            CompletableFuture<?> held = store.list("held");
            Patience.await("it is under way").until(() -> sent.get() == 1);
            store.list("given-up");
            Patience.await("the connection is given up").until(() -> sent.get() > 2);
            store.close();
            Patience.await("the answer", Duration.ofSeconds(2)).until(held::isDone);
        }
    }

    @Test
    void aRenewalThatComesWhileItsStreamIsGivenUpFailsAsAnyOther() {
        Settings settings = Settings.of(StoreUri.parse(server.url()));
        AtomicInteger renewals = new AtomicInteger();
        try (SystemScheduler scheduler = new SystemScheduler("renewals");
                Cluster cluster = new Cluster(settings.servers(), new Dialer(settings))) {
            KeepAlives keepAlives = new KeepAlives(cluster, new Credentials(cluster, null, null));
            CompletableFuture<?> givingUp = CompletableFuture.runAsync(
                    () -> {
                        while (renewals.get() < 20_000) {
                            keepAlives.close();
                        }
                    },
                    scheduler.executor());
            assertThatCode(() -> {
                        while (renewals.incrementAndGet() < 20_000) {
                            keepAlives.renew(1);
                        }
                    })
                    .doesNotThrowAnyException();
            renewals.set(20_000);
            givingUp.join();
            keepAlives.close();
        }
    }

    @Test
    void aCommitOfAClientWhoseFenceHasExpiredSaysSoAndTheNextOneApplies() throws IOException {
        try (EtcdServer own = EtcdServer.start(EtcdRelease.INSTALLED);
                Store store = Store.open(own.url())) {
            store.commit(Commit.in("d").put("a", Bytes.EMPTY).build(), DEADLINE);
            Matcher lease = Pattern.compile("\"ID\":\"(\\d+)\"").matcher(own.ask("/v3/lease/leases", "{}"));
            while (lease.find()) {
                own.ask("/v3/lease/revoke", "{\"ID\":\"" + lease.group(1) + "\"}");
            }
            assertThatThrownBy(() ->
                            store.commit(Commit.in("d").put("b", Bytes.EMPTY).build(), DEADLINE))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("cut off")
                    .hasMessageContaining("not applied");
            assertThat(store.list("d", DEADLINE).names()).containsExactly("a");
            assertThat(store.commit(Commit.in("d").put("b", Bytes.EMPTY).build(), DEADLINE)
                            .isApplied())
                    .isTrue();
        }
    }
}
