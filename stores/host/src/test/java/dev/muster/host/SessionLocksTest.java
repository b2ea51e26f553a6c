package dev.muster.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionLocksTest {

    /** Holds slot 7 until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            SessionLocks.Claim claim = SessionLocks.open(Path.of(arguments[0])).tryClaim(7);
            System.out.println(claim == null ? "taken" : "held");
            System.in.read();
        }
    }

    @TempDir
    Path directory;

    @Test
    void aSlotIsHeldOnceInOneProcess() {
        try (SessionLocks locks = SessionLocks.open(directory.resolve("sessions"))) {
            SessionLocks.Claim far = locks.tryClaim(1L << 60);
            SessionLocks.Claim next = locks.tryClaim((1L << 60) + 1);
            assertThat(far).isNotNull();
            assertThat(next).isNotNull();
            assertThat(locks.tryClaim(1L << 60)).isNull();
            next.close();
            assertThat(locks.tryClaim(1L << 60)).isNull();
            far.close();
            far.close();
            assertThat(locks.tryClaim(1L << 60)).isNotNull();
        }
    }

    @Test
    void anInterruptedThreadMayClaim() {
        try (SessionLocks locks = SessionLocks.open(directory.resolve("sessions"))) {
            Thread.currentThread().interrupt();
            assertThat(locks.tryClaim(1)).isNotNull();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(locks.tryClaim(2)).isNotNull();
        }
    }

    @Test
    void aStoppedProcessKeepsItsSlotAndAKilledOneDoesNot() throws Exception {
        Path file = directory.resolve("sessions");
        try (SessionLocks locks = SessionLocks.open(file);
                ChildProcess child = ChildProcess.start(Holder.class, file.toString())) {
            child.expect("held");
            assertThat(locks.tryClaim(7)).isNull();
            assertThat(locks.tryClaim(8)).isNotNull();
            child.signal("STOP");
            assertThat(locks.tryClaim(7)).isNull();
            child.kill();
            await().atMost(Duration.ofSeconds(5)).until(() -> locks.tryClaim(7) != null);
        }
    }
}
