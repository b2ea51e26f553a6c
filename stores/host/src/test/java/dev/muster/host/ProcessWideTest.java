package dev.muster.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessWideTest {

    @TempDir
    Path directory;

    @Test
    void theThingIsOpenedOnceAndClosedWithItsLastShare() throws Exception {
        List<String> story = new ArrayList<>();
        ProcessWide<String> wide = new ProcessWide<>("test", path -> open(story), story::add);
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        ProcessWide.Share<String> one = wide.share(directory);
        ProcessWide.Share<String> two = wide.share(link);
        assertThat(one.get()).isSameAs(two.get());
        one.close();
        one.close();
        assertThat(story).containsExactly("open");
        two.close();
        assertThat(story).containsExactly("open", "thing");
        wide.share(directory).close();
        assertThat(story).containsExactly("open", "thing", "open", "thing");
    }

    private static String open(List<String> story) {
        story.add("open");
        return "thing";
    }

    @Test
    void aSecondCopyOfTheLibraryIsKeptOut() {
        ProcessWide<String> wide = new ProcessWide<>("test", path -> "thing", thing -> {});
        ProcessWide<String> copy = new ProcessWide<>("test", path -> "thing", thing -> {});
        try (ProcessWide.Share<String> share = wide.share(directory)) {
            assertThat(share.get()).isEqualTo("thing");
            assertThatThrownBy(() -> copy.share(directory))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("another class loader");
        }
        copy.share(directory).close();
    }

    @Test
    void anOpeningThatFailsLeavesNothing() {
        boolean[] works = new boolean[1];
        ProcessWide<String> wide = new ProcessWide<>(
                "test",
                path -> {
                    if (!works[0]) {
                        throw new StorageException("not now");
                    }
                    return "thing";
                },
                thing -> {});
        assertThatThrownBy(() -> wide.share(directory)).isInstanceOf(StorageException.class);
        works[0] = true;
        wide.share(directory).close();
    }

    @Test
    void networkFileSystemsAreRefusedByName() {
        for (String type : List.of("nfs4", "cifs", "smb3", "fuse.sshfs", "NFS")) {
            assertThatThrownBy(() -> LocalFileSystem.refuseNetwork(directory, type))
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining(type);
        }
        LocalFileSystem.refuseNetwork(directory, "ext4");
        LocalFileSystem.refuseNetwork(directory, "tmpfs");
    }
}
