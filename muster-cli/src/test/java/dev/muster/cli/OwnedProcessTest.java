package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.lock.LockRequest;
import dev.muster.store.Nonce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that run while something is owned: real processes. */
class OwnedProcessTest {

    private final String url = "memory://" + Nonce.next();
    private final Coordinator other = Coordinator.connect(url, "other");

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        other.close();
    }

    @Test
    void aCommandRunsUnderTheLockAndFindsItsToken() throws IOException {
        Path said = folder.resolve("said");
        Path go = folder.resolve("go");
        Invocation lock = lock(
                "--",
                "sh",
                "-c",
                "echo $MUSTER_LOCK $MUSTER_TOKEN >" + said + ".new; mv " + said + ".new " + said + "; until [ -e " + go
                        + " ]; do read -t 1 x <>/dev/zero; done; exit 7");
        await().until(() -> Files.exists(said));
        LockRequest holder = other.lock("orders").requests().get(0);
        assertThat(holder.isHolder()).isTrue();
        assertThat(Files.readString(said).strip()).isEqualTo("orders " + holder.token());
        Files.createFile(go);
        assertThat(lock.status()).isEqualTo(7);
        assertThat(other.lock("orders").requests()).isEmpty();
    }

    @Test
    void aLockThatIsBusyIsAnAnswer() {
        LockHandle held = other.lock("orders").acquire(Invocation.DEADLINE);
        Invocation lock = lock("--timeout", "0", "--", "true");
        assertThat(lock.status()).isEqualTo(1);
        assertThat(lock.err()).contains("held by other (token " + held.token() + ")");
        assertThat(lock("--timeout", "20ms", "--", "true").status()).isEqualTo(1);
        held.close();
        assertThat(lock("--timeout", "0", "--", "true").status()).isZero();
    }

    @Test
    void sharedHoldersRunTogether() {
        try (LockHandle held = other.lock("orders").shared().acquire(Invocation.DEADLINE)) {
            assertThat(held.isValid()).isTrue();
            assertThat(lock("--shared", "--timeout", "0", "--", "true").status())
                    .isZero();
        }
    }

    @Test
    void theCommandIsStoppedWhenTheLockIsLost() throws IOException {
        Path ready = folder.resolve("ready");
        Invocation lock = lock(
                "--",
                "sh",
                "-c",
                "echo $$ >" + ready + ".new; mv " + ready + ".new " + ready + "; exec tail -f /dev/null");
        await().until(() -> Files.exists(ready));
        long pid = Long.parseLong(Files.readString(ready).strip());
        assertThat(other.lock("orders").breakLock()).isTrue();
        assertThat(lock.status()).isEqualTo(4);
        assertThat(lock.err()).contains("so it is stopped");
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aCommandThatWillNotStopIsKilledAfterTheGrace() {
        Path ready = folder.resolve("ready");
        Invocation lock = lock(
                "--grace",
                "50ms",
                "--",
                "sh",
                "-c",
                "trap '' TERM; touch " + ready + "; while :; do tail -f /dev/null; done");
        await().until(() -> Files.exists(ready));
        other.lock("orders").breakLock();
        assertThat(lock.status()).isEqualTo(4);
    }

    @Test
    void aCommandThatIsNotThereIsSaidToBe() {
        assertThat(lock("--", folder.resolve("nothing").toString()).status()).isEqualTo(127);
        assertThat(lock("--", folder.toString()).status()).isEqualTo(126);
    }

    @Test
    void aLeaderAndAMemberRunCommandsToo() {
        assertThat(Invocation.run(0, "elect", "e", "--store", url, "--", "sh", "-c", "test -n \"$MUSTER_TOKEN\"")
                        .err())
                .isEmpty();
        assertThat(Invocation.start("join", "g", "--store", url, "-c", "port=1", "--", "sh", "-c", "exit 3")
                        .status())
                .isEqualTo(3);
        assertThat(other.group("g").members()).isEmpty();
        assertThat(other.election("e").leader()).isEmpty();
    }

    private Invocation lock(String... args) {
        List<String> all = new java.util.ArrayList<>(List.of("lock", "orders", "--store", url));
        all.addAll(List.of(args));
        return Invocation.start(all.toArray(String[]::new));
    }
}
