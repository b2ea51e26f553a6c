package dev.muster.store.file;

import dev.muster.store.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library from a copy that is deleted as soon as it is mapped. The driver's own way deletes it when
 * the process ends, so that each killed process would leave a megabyte behind.
 */
final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
    private static final String COPY_TO = "org.sqlite.tmpdir";
    private static boolean loaded;

    private NativeLibrary() {}

    /** Does nothing from the second call on, and where the user told the driver what to load or where to copy to. */
    static synchronized void load() {
        if (loaded || System.getProperty(COPY_TO) != null || System.getProperty("org.sqlite.lib.path") != null) {
            return;
        }
        try {
            Path folder = Files.createTempDirectory("muster-sqlite-");
            System.setProperty(COPY_TO, folder.toString());
            try {
                SQLiteJDBCLoader.initialize();
                loaded = true;
            } finally {
                System.clearProperty(COPY_TO);
                delete(folder);
            }
        } catch (Exception e) {
            throw new StorageException(
                    "The native library of SQLite cannot be loaded from a copy in "
                            + System.getProperty("java.io.tmpdir")
                            + ". Give the process a folder in which it may write and execute, by -D" + COPY_TO + ".",
                    e);
        }
    }

    /** Some systems keep a mapped file from being deleted: there it goes with the process, as the driver arranges. */
    private static void delete(Path folder) {
        try (Stream<Path> copies = Files.list(folder)) {
            for (Path copy : copies.toList()) {
                Files.delete(copy);
            }
            Files.delete(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} goes when the process ends: {}", folder, e.toString());
        }
    }
}
