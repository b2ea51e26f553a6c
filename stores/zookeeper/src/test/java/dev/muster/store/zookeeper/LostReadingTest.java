package dev.muster.store.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.ZooKeeperServer;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import dev.muster.store.testkit.FaultProxy;
import dev.muster.store.testkit.Patience;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What only reads is asked again when the connection was lost before the answer. */
class LostReadingTest {

    private static final Bytes VALUE = Bytes.utf8("1");

    private static <T> T readAcrossALoss(Function<Store, CompletableFuture<T>> reading) {
        try (ZooKeeperServer server = ZooKeeperServer.start(ZooKeeperServer.Release.DEBIAN);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port());
                Store store = Store.open("zookeeper://" + proxy.address())) {
            store.commit(Commit.in("lost/a").put("x", VALUE).build(), Patience.deadline());
            proxy.swallowReplies();
            CompletableFuture<T> answer = reading.apply(store);
            Patience.await("a reply that is lost").until(() -> proxy.swallowed() > 0);
            proxy.cut();
            proxy.pass();
            return Await.read(answer, Patience.deadline(), "read across a lost connection");
        }
    }

    @Test
    void aListingIsAnswered() {
        Listing listing = readAcrossALoss(store -> store.list("lost/a"));
        assertThat(listing.names()).containsExactly("x");
    }

    @Test
    void theDirectoriesAreAnswered() {
        List<String> directories = readAcrossALoss(store -> store.directories("lost"));
        assertThat(directories).containsExactly("lost/a");
    }

    @Test
    void asManyAsAreAskedForAreAnswered() {
        int[] entries = readAcrossALoss(store -> {
            List<CompletableFuture<Listing>> asked =
                    IntStream.range(0, 200).mapToObj(i -> store.list("lost/a")).toList();
            return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                    .thenApply(all -> asked.stream()
                            .mapToInt(one -> one.join().entries().size())
                            .toArray());
        });
        assertThat(entries).hasSize(200).containsOnly(1);
    }
}
