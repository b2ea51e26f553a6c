package dev.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ServerProcessTest {

    private final TemporaryFolder folder = TemporaryFolder.create("process", Account.OWN);

    @AfterEach
    void removeTheFolder() {
        folder.close();
    }

    private ServerProcess shell(String script) {
        return ServerProcess.command("sh", "-c", script).start("the script", folder.resolve("log"));
    }

    @Test
    void aServerThatEndsBeforeItIsReadyFailsAtOnceWithTheEndOfItsLog() {
        try (ServerProcess server = shell("echo port is taken; exit 3")) {
            assertThatThrownBy(() -> server.awaitReady("it answers", () -> false))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended with 3 before it answers")
                    .hasMessageContaining("port is taken");
        }
    }

    @Test
    void isReadyWhenTheConditionHoldsThoughItThrewBefore() {
        try (ServerProcess server = shell("echo ready; exec sleep 60")) {
            server.awaitReady("its log says so", () -> {
                if (!server.logTail().contains("ready")) {
                    throw new IOException("not yet");
                }
                return true;
            });
        }
    }

    @Test
    void stopsByASignalAndKillsWhatIsPaused() {
        ServerProcess stopped = shell("exec sleep 60");
        stopped.pause();
        stopped.stop();
        assertThat(stopped.isAlive()).isFalse();
        ServerProcess killed = shell("exec sleep 60");
        killed.pause();
        killed.kill();
        assertThat(killed.isAlive()).isFalse();
    }

    @Test
    void aServerOfAKilledJvmIsEndedToo() throws Exception {
        Path pid = folder.resolve("pid");
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Abandoned.class.getName(),
                        folder.path().toString())
                .inheritIO()
                .start();
        Await.until("it has started servers", Duration.ofSeconds(30), () -> Files.exists(pid), () -> "");
        String second = Files.readString(pid);
        assertThat(isThere(second)).isTrue();
        jvm.destroyForcibly().waitFor();
        Await.until("the server is gone", Duration.ofSeconds(10), () -> !isThere(second), () -> "");
    }

    private static boolean isThere(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Starts two servers, ends one, and waits to be killed. */
    static final class Abandoned {
        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            ServerProcess first = ServerProcess.command("sleep", "60").start("first", folder.resolve("1"));
            ServerProcess second = ServerProcess.command("sleep", "60").start("second", folder.resolve("2"));
            first.kill();
            Path written = Files.writeString(folder.resolve("written"), "" + second.pid());
            Files.move(written, folder.resolve("pid"));
            second.awaitEnd(Duration.ofSeconds(60));
        }
    }

    @Test
    void whatIsMissingIsASkipAndInCiAFailure() {
        assertThatThrownBy(() -> {
                    throw Requirement.missing("the program nothing", "nothing", false);
                })
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("apt-get install nothing");
        assertThatThrownBy(() -> Requirement.missing("the program nothing", "nothing", true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("CI=true");
    }

    @Test
    void aPortIsGivenOnce() {
        Set<Integer> given = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 200; i++) {
            assertThat(given.add(Ports.free())).isTrue();
        }
    }
}
