package dev.muster.store.ipc;

import dev.muster.host.LocalFileSystem;
import dev.muster.store.InvalidArgument;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Pattern;

/** The folder of a store: {@code /dev/shm/muster-NAME}, for its user alone. */
record StoreFolder(Path path) {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

    /**
     * Makes the folder if absent.
     *
     * @param base where it lies, or empty for the host's shared memory, or the temporary directory where there is none
     */
    static StoreFolder of(String name, String base) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidArgument("an ipc store URI names its store as in ipc://orders: 1 to 64 letters, digits,"
                    + " '.', '_' and '-', the first a letter or digit");
        }
        Path path = base(base).resolve("muster-" + name);
        try {
            make(path);
            Path real = LocalFileSystem.directory(path);
            Files.createDirectories(real.resolve("logs"));
            checkOwner(real);
            return new StoreFolder(real);
        } catch (IOException e) {
            throw new StorageException(
                    "Could not make the folder of an ipc store at " + path + " (" + e
                            + "): this user must be able to write there, and the folder be its own",
                    e);
        }
    }

    Path control() {
        return path.resolve("control");
    }

    Path locks() {
        return path.resolve("sessions");
    }

    Path logs() {
        return path.resolve("logs");
    }

    Path bells() {
        return path.resolve("bells");
    }

    private static Path base(String base) {
        if (!base.isEmpty()) {
            return Path.of(base).toAbsolutePath();
        }
        return Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY)
                ? SHARED_MEMORY
                : Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    }

    private static void make(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWN));
        } else {
            Files.createDirectories(path);
        }
    }

    /** Everybody may write in shared memory: a folder that another user laid there must not be taken for ours. */
    private static void checkOwner(Path real) throws IOException {
        if (!real.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        Path probe = Files.createTempFile(real, "owner", ".probe");
        try {
            Object own = Files.getAttribute(probe, "unix:uid");
            Object its = Files.getAttribute(real, "unix:uid");
            if (!own.equals(its)) {
                throw new StorageException("The folder of an ipc store at " + real + " belongs to user " + its
                        + ", this process runs as " + own + ": use the store as its user, or name another store");
            }
        } finally {
            Files.delete(probe);
        }
    }
}
