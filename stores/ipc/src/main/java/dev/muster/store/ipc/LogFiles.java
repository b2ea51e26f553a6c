package dev.muster.store.ipc;

import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the shards' logs, one an arena. A file's number is in the control page, or in the last word of the arena
 * before it: until then nobody knows of it, and a process killed in between leaves a file that {@link #sweep} removes.
 */
final class LogFiles {

    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);

    private final Path folder;
    private final Control control;

    LogFiles(Path folder, Control control) {
        this.folder = folder;
        this.control = control;
    }

    /** Answers null where the shard has no log yet. */
    @Nullable
    Arena openIfMade(int shard) {
        while (true) {
            long id = control.arena(shard);
            if (id == 0) {
                return null;
            }
            try {
                return open(shard, id);
            } catch (NoSuchFileException e) {
                if (control.arena(shard) == id) {
                    throw new StorageException(
                            "Log file " + path(shard, id) + " of an ipc store was removed: restart"
                                    + " the processes that use the store",
                            e);
                }
            } catch (IOException e) {
                throw new StorageException("Could not open log file " + path(shard, id) + " (" + e + ")", e);
            }
        }
    }

    Arena openOrMake(int shard) {
        Arena arena = openIfMade(shard);
        while (arena == null) {
            begin(shard);
            arena = openIfMade(shard);
        }
        return arena;
    }

    private void begin(int shard) {
        try {
            Arena arena = create(shard, Growth.LEAST, 0);
            ByteBuffer pen = arena.snapshot();
            pen.putInt(0);
            arena.start(control.seed());
            long id = arena.id();
            arena.unmap();
            if (!control.begin(shard, id)) {
                delete(shard, id);
            }
        } catch (IOException e) {
            throw full(e);
        }
    }

    Arena open(int shard, long id) throws IOException {
        return Arena.open(path(shard, id), shard, id);
    }

    /** Makes a file for an arena that nobody knows of yet. */
    Arena create(int shard, long size, long previous) throws IOException {
        if (size > Integer.MAX_VALUE) {
            throw new IOException("one log cannot take more than 2 GiB");
        }
        long id = control.nextArena();
        return Arena.create(path(shard, id), (int) size, shard, id, previous);
    }

    /** Sees to it that newcomers start from this arena, or a later one. */
    void announce(int shard, long id) {
        control.advance(shard, id);
    }

    /** Removes the file; who has it mapped is not disturbed. */
    void delete(int shard, long id) {
        try {
            Files.deleteIfExists(path(shard, id));
        } catch (IOException e) {
            LOG.warn("could not remove {}: it takes up memory", path(shard, id), e);
        }
    }

    /** Removes what a killed process may have left: arenas that lie before the one that newcomers start from. */
    void sweep() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.log")) {
            for (Path file : files) {
                String[] parts = file.getFileName().toString().split("[-.]", 3);
                if (Long.parseLong(parts[1]) < control.arena(Integer.parseInt(parts[0]))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("could not look for files to remove in {}", folder, e);
        }
    }

    StorageException full(IOException cause) {
        return new StorageException(
                "Could not make room for an ipc store in " + folder + " (" + cause.getMessage()
                        + "): the commit was not applied. Free memory there, or give the file system more (in a container,"
                        + " --shm-size).",
                cause);
    }

    private Path path(int shard, long id) {
        return folder.resolve(shard + "-" + id + ".log");
    }
}
