package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it: real worker processes, of which one is killed and one stopped. */
class DemoTest {

    @TempDir
    private Path folder;

    @Test
    void aFewFilesOnAStoreWithLeases() throws IOException {
        Path files = someFiles(7);
        Path manifest = folder.resolve("manifest");
        Invocation demo = demo(0, "--over", files.toString(), "--workers", "3", "--manifest", manifest.toString());
        assertThat(demo.out())
                .contains(
                        "7 files",
                        "is killed with SIGKILL",
                        "is stopped with SIGSTOP",
                        "is REFUSED: its token",
                        "the manifest equals that of ");
        assertThat(manifest).content().contains("  sub/file 3\n", "line\\nend").endsWith("\n");
    }

    @Test
    void oneFileAndTwoWorkersOnAStoreWithoutLeasesThatIsLeftAsItWas() throws IOException {
        String url = "ipc://demo-test?dir=" + folder.resolve("store");
        Invocation demo = demo(0, "--over", someFiles(1).toString(), "--workers", "2", "--store", url);
        assertThat(demo.out()).contains("an operator expels worker-", "is REFUSED: its token");
        try (Store store = Store.open(url)) {
            assertThat(store.directories("").join()).isEmpty();
        }
    }

    @Test
    void whatCannotBeShownIsSaid() throws IOException {
        Path files = someFiles(1);
        assertThat(demo(2, "--over", files.toString(), "--workers", "1").err()).contains("at least 2 are needed");
        assertThat(demo(2, "--over", files.toString(), "--store", "memory:").err())
                .contains("memory store is not shared between processes");
        assertThat(demo(
                                2,
                                "--over",
                                Files.createDirectory(folder.resolve("empty")).toString())
                        .err())
                .contains("there is no file in");
        assertThat(demo(2, "--over", folder.resolve("nowhere").toString()).err())
                .contains("is no folder");
    }

    /** That it works nearly always is not enough for a first run. */
    @Tag("slow")
    @RepeatedTest(value = 20, failureThreshold = 1)
    void twentyTimesInARow() throws IOException {
        assertThat(demo(0, "--over", someFiles(300).toString()).out()).contains("the manifest equals that of ");
    }

    private static Invocation demo(int status, String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "demo";
        all[1] = "--once";
        System.arraycopy(args, 0, all, 2, args.length);
        return Invocation.run(status, Duration.ofMinutes(2), all);
    }

    /** So many files, some with names that a manifest must escape. */
    private Path someFiles(int count) throws IOException {
        Path files = Files.createDirectories(folder.resolve("files"));
        Files.createDirectories(files.resolve("sub"));
        for (int i = 0; i < count; i++) {
            String name = i % 3 == 0 ? "sub/file " + i : i % 5 == 1 ? "line\nend é" + i : "back\\slash" + i;
            Files.write(files.resolve(name), ("content of " + i).getBytes(StandardCharsets.UTF_8));
        }
        return files;
    }
}
