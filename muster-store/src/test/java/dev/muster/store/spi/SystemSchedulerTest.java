package dev.muster.store.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemSchedulerTest {

    @Test
    void callbacksThatBlockDoNotKeepOthersFromRunning() throws InterruptedException {
        try (SystemScheduler scheduler = new SystemScheduler("test")) {
            CountDownLatch release = new CountDownLatch(1);
            for (int i = 0; i < 3 * SystemScheduler.THREADS; i++) {
                scheduler.executor().execute(() -> awaitUninterrupted(release));
            }
            CountDownLatch ran = new CountDownLatch(2);
            scheduler.executor().execute(ran::countDown);
            scheduler.after(Duration.ofMillis(1), ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            release.countDown();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
