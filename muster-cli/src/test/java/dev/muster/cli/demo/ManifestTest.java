package dev.muster.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {

    @TempDir
    private Path folder;

    @Test
    void itIsThatOfSha256sum() throws Exception {
        for (String name : List.of("plain", "-dash", "with space", "a\\b", "c\nd", "e\rf", "é", "sub/x")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.write(folder.resolve(name), name.getBytes(StandardCharsets.UTF_8));
        }
        Plan plan = new Plan(folder, "n", 2, FileList.beneath(folder));
        Verification verification = Verification.of(manifest(plan), plan);
        assertThat(verification.difference()).isEmpty();
        assertThat(verification.isEqual()).isTrue();
    }

    @Test
    void aFileThatWasChangedIsNamed() throws Exception {
        Files.writeString(folder.resolve("a"), "before");
        Plan plan = new Plan(folder, "n", 2, FileList.beneath(folder));
        byte[] manifest = manifest(plan);
        Files.writeString(folder.resolve("a"), "after");
        Verification verification = Verification.of(manifest, plan);
        assertThat(verification.isEqual()).isFalse();
        assertThat(verification.difference()).contains("line 1", "  a'", "changed meanwhile");
    }

    @Test
    void aFileWithoutARecordIsNotPassedOver() {
        assertThatThrownBy(() -> Manifest.of(List.of("a"), Map.of())).hasMessageContaining("no record of file a");
    }

    @Test
    void aFolderGivesItsRegularFilesInOrder() throws IOException {
        Files.createDirectories(folder.resolve(".git"));
        Files.writeString(folder.resolve(".git/config"), "");
        Files.writeString(folder.resolve("b"), "");
        Files.writeString(folder.resolve("B"), "");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("b"));
        assertThat(FileList.beneath(folder)).containsExactly("B", "b");
    }

    @Test
    void everyFileIsInOnePartition() {
        for (int files : new int[] {1, 31, 33, 70_000}) {
            Plan plan = new Plan(
                    folder,
                    "n",
                    4,
                    IntStream.range(0, files).mapToObj(Integer::toString).toList());
            assertThat(IntStream.range(0, plan.partitions())
                            .flatMap(plan::filesOf)
                            .sorted()
                            .toArray())
                    .isEqualTo(IntStream.range(0, files).toArray());
            assertThat(plan.filesOf(1).allMatch(file -> plan.partitionOf(file) == 1))
                    .isTrue();
            assertThat(plan.batch()).isBetween(1, 32);
            assertThat(plan.pace().multipliedBy(files / plan.batch() / 4)).isLessThan(java.time.Duration.ofSeconds(15));
        }
    }

    @Test
    void aPlanIsReadAsItWasWritten() throws IOException {
        Plan plan = new Plan(folder, "n", 4, List.of("a b", "c\nd"));
        plan.write(folder.resolve("plan"));
        assertThat(Plan.read(folder.resolve("plan"))).isEqualTo(plan);
    }

    private static byte[] manifest(Plan plan) throws IOException {
        Map<Integer, FileRecord> records = new HashMap<>();
        for (int file = 0; file < plan.files().size(); file++) {
            String digest = Digests.of(plan.root().resolve(plan.files().get(file)));
            records.put(file, new FileRecord(digest, "w"));
        }
        return Manifest.of(plan.files(), records).getBytes(StandardCharsets.UTF_8);
    }
}
