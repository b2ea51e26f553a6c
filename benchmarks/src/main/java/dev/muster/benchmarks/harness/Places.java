package dev.muster.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a run makes its stores: on disk and in shared memory, apart from all others, and gone afterwards. */
public final class Places implements AutoCloseable {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Path folder;
    private final String ipcName = "bench-" + ProcessHandle.current().pid();

    private Places(Path folder) {
        this.folder = folder;
    }

    public static Places under(Path parent) throws IOException {
        return new Places(Files.createTempDirectory(Files.createDirectories(parent), "muster-bench-"));
    }

    /** A folder on the disk that is measured. */
    public Path folder() {
        return folder;
    }

    /** The URI of a store of the file engine. */
    public String file(String name) {
        return "file://" + folder.resolve(name).toAbsolutePath();
    }

    /** The URI of a store of the ipc engine. */
    public String ipc(String name) {
        return "ipc://" + ipcName + "-" + name;
    }

    /** The URI of a store of either engine. */
    public String of(String engine, String name) {
        return engine.equals("ipc") ? ipc(name) : file(name);
    }

    @Override
    public void close() throws IOException {
        remove(folder);
        try (Stream<Path> shared = Files.isDirectory(SHARED_MEMORY) ? Files.list(SHARED_MEMORY) : Stream.of()) {
            for (Path path : shared.filter(path -> path.getFileName().toString().startsWith("muster-" + ipcName + "-"))
                    .toList()) {
                remove(path);
            }
        }
    }

    private static void remove(Path tree) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(tree)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
