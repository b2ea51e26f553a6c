package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Watches over a link that loses what they should be told. */
abstract class LinkWatchPromises extends LinkPromises {

    LinkWatchPromises(StoreContract engine) {
        super(engine);
    }

    private WatchRecorder watchFar() {
        return watch(far, directory, WatchOptions.ALL).awaitListed();
    }

    private void awaitCurrent(WatchRecorder recorder, Duration atMost) {
        Patience.await("a watch that shows the present state", atMost)
                .untilAsserted(() -> assertThat(recorder.view().entries()).isEqualTo(list().entries()));
        recorder.verify();
    }

    @Test
    void whatChangedDuringACutIsShownAfterwardsAReplacementToo() {
        apply(in().put("replaced", text("1")).put("changed", text("1")).put("gone", text("1")));
        WatchRecorder recorder = watchFar();
        long before = entry("replaced").created();
        for (int round = 0; round < 3; round++) {
            proxy.partition();
            apply(in().delete("replaced").delete("gone"));
            apply(in().put("replaced", text("1")).put("changed", text("" + round)));
            apply(in().put("new" + round, text("1")));
            long replaced = entry("replaced").created();
            assertThat(replaced).isGreaterThan(before);
            proxy.pass();
            awaitCurrent(recorder, link.healing());
            assertThat(shown(recorder, "replaced"))
                    .as("the incarnations told of")
                    .contains(before, replaced);
            before = replaced;
            apply(in().put("gone", text("1")));
            awaitCurrent(recorder, link.healing());
        }
    }

    /** The creating revisions with which a name was told. */
    private static Stream<Long> shown(WatchRecorder recorder, String name) {
        return recorder.events().stream()
                .flatMap(event -> event instanceof WatchEvent.Listed listed
                        ? listed.listing().entries().stream()
                        : ((WatchEvent.Changed) event).puts().stream())
                .filter(entry -> entry.name().equals(name))
                .map(Entry::created)
                .distinct();
    }

    @Test
    void aWatchBegunDuringACutTellsOnceItIsHealed() {
        apply(in().put("a", text("1")));
        proxy.partition();
        WatchRecorder recorder = watch(far, directory, WatchOptions.ALL);
        apply(in().put("b", text("1")));
        proxy.pass();
        awaitCurrent(recorder, link.healing());
        apply(in().put("c", text("1")));
        awaitCurrent(recorder, link.healing());
    }

    @Test
    void aWatchWhoseConnectionGoesDeafComesToShowThePresentStateByItself() {
        apply(in().put("a", text("1")));
        WatchRecorder recorder = watchFar();
        proxy.deafen();
        apply(in().put("b", text("1")));
        apply(in().delete("a"));
        awaitCurrent(recorder, link.healing());
        apply(in().put("c", text("1")));
        awaitCurrent(recorder, link.healing());
    }

    @Test
    void aLostLastNotificationIsMadeUpForThoughTheConnectionStays() {
        Predicate<byte[]> notification = link.notification();
        assumeTrue(
                notification != null,
                "the protocol of the engine " + store.engine() + " loses no single notification and goes on");
        apply(in().put("a", text("1")));
        WatchRecorder recorder = watchFar();
        apply(in().put("a", text("2")));
        awaitCurrent(recorder, link.healing());
        proxy.swallowReplies(notification);
        long before = proxy.swallowed();
        apply(in().put("a", text("3")));
        Patience.await("a swallowed notification").until(() -> proxy.swallowed() > before);
        proxy.pass();
        awaitCurrent(recorder, link.healing());
    }
}
