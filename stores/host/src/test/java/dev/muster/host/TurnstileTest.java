package dev.muster.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.store.spi.SystemScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnstileTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Enters, says so, and stays until it is killed, or reads something. */
    static final class Visitor {
        public static void main(String[] arguments) throws Exception {
            try (SystemScheduler scheduler = new SystemScheduler("visitor");
                    Turnstile turnstile = Turnstile.open(Path.of(arguments[0]), scheduler)) {
                System.out.println(turnstile.enter(LONG) ? "inside" : "outside");
                System.in.read();
                turnstile.leave();
                System.out.println("left");
                System.in.read();
            }
        }
    }

    @TempDir
    Path directory;

    private final SystemScheduler scheduler = new SystemScheduler("test");

    @AfterEach
    void endThreads() {
        scheduler.close();
    }

    private Path file() {
        return directory.resolve("turn");
    }

    @Test
    void onlyOneProcessIsInsideAndAKilledOneLeaves() throws Exception {
        try (Turnstile turnstile = Turnstile.open(file(), scheduler);
                ChildProcess visitor = ChildProcess.start(Visitor.class, file().toString())) {
            visitor.expect("inside");
            assertThat(turnstile.enter(Duration.ofMillis(50))).isFalse();
            assertThat(turnstile.enter(Duration.ofMillis(50))).isFalse();
            visitor.kill();
            assertThat(turnstile.enter(LONG)).isTrue();
            turnstile.leave();
            assertThat(turnstile.enter(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void anInterruptNeitherEndsTheWaitNorGetsLost() throws Exception {
        try (Turnstile turnstile = Turnstile.open(file(), scheduler);
                ChildProcess visitor = ChildProcess.start(Visitor.class, file().toString())) {
            visitor.expect("inside");
            AtomicBoolean entered = new AtomicBoolean();
            AtomicBoolean interrupted = new AtomicBoolean();
            Thread thread = new Thread(() -> {
                entered.set(turnstile.enter(LONG));
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            thread.start();
            await().until(() -> thread.getStackTrace().length > 0
                    && java.util.Arrays.stream(thread.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("lock0")));
            thread.interrupt();
            visitor.say("leave");
            visitor.expect("left");
            thread.join(LONG.toMillis());
            assertThat(entered).isTrue();
            assertThat(interrupted).isTrue();
        }
    }
}
