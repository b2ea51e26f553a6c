package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./muster} in a working copy of its own, where Maven and Java only say how they were called. */
class LauncherTest {

    private static final Path SCRIPT = Path.of("..", "muster");

    @TempDir
    private Path folder;

    private Path home;
    private Path source;

    private record Ended(int status, String output) {}

    @BeforeEach
    void workingCopy() throws IOException {
        home = Files.createDirectory(folder.resolve("working copy"));
        Files.copy(SCRIPT, home.resolve("muster"));
        source = home.resolve("muster-cli/src/main/java/Some.java");
        Files.createDirectories(source.getParent());
        Files.createFile(source);
        Files.createFile(home.resolve("pom.xml"));
        age(Instant.now().minusSeconds(100));
        Path programs = Files.createDirectory(folder.resolve("bin"));
        program(
                programs.resolve("mvn"),
                "echo mvn \"$@\" in \"$PWD\" >>\"$CALLS\"; [ ! -e broken ] || { echo '[ERROR] no good'; exit 1; }");
        program(programs.resolve("java"), "echo \"java: $*\"");
        program(programs.resolve("javac"), "exit 1");
    }

    private void age(Instant time) throws IOException {
        try (var all = Files.walk(home)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(time));
            }
        }
    }

    @Test
    void itBuildsOnceAndThenOnlyRuns() throws Exception {
        assertThat(muster(home, "./muster", "groups", "--json").output())
                .contains("dev.muster.cli.Main groups --json", "TieredStopAtLevel=1");
        muster(home, "./muster", "groups");
        assertThat(builds()).hasSize(1).first().asString().contains("-P launch -pl muster-cli -am package");
    }

    @Test
    void itBuildsAgainAfterAChange() throws Exception {
        muster(home, "./muster", "groups");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(100)));
        muster(home, "./muster", "groups");
        assertThat(builds()).hasSize(2);
    }

    @Test
    void itWorksFromElsewhereAndThroughALink() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(elsewhere.resolve("m"), home.resolve("muster"));
        assertThat(muster(elsewhere, "./m", "locks").output()).contains("-Dmuster.home=" + home, "Main locks");
        assertThat(builds()).hasSize(1).first().asString().endsWith(" in " + home);
    }

    @Test
    void aBuildThatFailsShowsWhyAndIsTriedAgain() throws Exception {
        Files.createFile(home.resolve("broken"));
        Ended failed = muster(home, "./muster", "groups");
        assertThat(failed.status()).isEqualTo(70);
        assertThat(failed.output())
                .contains("[ERROR] no good", "the build failed")
                .doesNotContain("java:");
        Files.delete(home.resolve("broken"));
        assertThat(muster(home, "./muster", "groups").status()).isZero();
    }

    @Test
    void aMeasurementRunsOnAllCompilers() throws Exception {
        assertThat(muster(home, "./muster", "--verbose", "bench", "memory:").output())
                .contains("Main --verbose bench memory:")
                .doesNotContain("TieredStopAtLevel");
    }

    @Test
    void aComparisonWithPeersIsHandedToTheBenchmarks() throws Exception {
        Files.createDirectories(home.resolve("benchmarks"));
        program(home.resolve("benchmarks/run"), "echo benchmarks \"$@\"");
        assertThat(muster(home, "./muster", "bench", "redis://h", "--against", "redisson", "--quick")
                        .output())
                .contains("benchmarks redis://h --against redisson --quick");
        assertThat(muster(home, "./muster", "bench", "redis://h", "--against=all", "--help")
                        .output())
                .contains("Main bench");
    }

    private static void program(Path path, String body) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + body + "\n");
        assertThat(path.toFile().setExecutable(true)).isTrue();
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    private Ended muster(Path from, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(from.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("PATH", folder.resolve("bin") + ":" + environment.get("PATH"));
        environment.put("CALLS", folder.resolve("calls").toString());
        environment.remove("JAVA_HOME");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(Invocation.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as(output)
                .isTrue();
        return new Ended(process.exitValue(), output);
    }
}
