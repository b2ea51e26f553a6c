package dev.muster.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.store.Cancellable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BellTest {

    /** Rings once for each line that it reads. */
    static final class Ringer {
        public static void main(String[] arguments) throws Exception {
            Bell bell = Bell.open(Path.of(arguments[0]));
            bell.ring();
            System.out.println("rung");
        }
    }

    @TempDir
    Path directory;

    @Test
    void aRingIsHeardByEachWhoListensAndByNoOther() {
        try (Bell bell = Bell.open(directory.resolve("bell"));
                Bell other = Bell.open(directory.resolve("bell"))) {
            AtomicInteger heard = new AtomicInteger();
            AtomicInteger forgotten = new AtomicInteger();
            bell.listen(heard::incrementAndGet);
            Cancellable listening = bell.listen(forgotten::incrementAndGet);
            listening.cancel();
            Thread.currentThread().interrupt();
            other.ring();
            assertThat(Thread.interrupted()).isTrue();
            await().until(() -> heard.get() > 0);
            assertThat(forgotten).hasValue(0);
        }
    }

    @Test
    void aRingOfAnotherProcessIsHeard() throws Exception {
        try (Bell bell = Bell.open(directory.resolve("bell"))) {
            AtomicInteger heard = new AtomicInteger();
            bell.listen(heard::incrementAndGet);
            try (ChildProcess child =
                    ChildProcess.start(Ringer.class, directory.resolve("bell").toString())) {
                child.expect("rung");
                await().until(() -> heard.get() > 0);
            }
        }
    }

    @Test
    void noThreadIsLeftOnceNobodyListens() {
        try (Bell bell = Bell.open(directory.resolve("bell"))) {
            bell.listen(() -> {}).cancel();
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().equals("muster-bell")));
        }
    }
}
