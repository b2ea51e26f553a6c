package dev.muster.host;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories in which locks and shared memory work: those of file systems of this host. */
public final class LocalFileSystem {

    /** Their locks and mapped files are not, or not reliably, shared between the hosts that mount them. */
    private static final Set<String> NETWORK = Set.of(
            "nfs",
            "nfs3",
            "nfs4",
            "cifs",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "afs",
            "afpfs",
            "ceph",
            "lustre",
            "gpfs",
            "beegfs",
            "glusterfs",
            "ncpfs",
            "ocfs2",
            "gfs2",
            "pvfs2",
            "orangefs",
            "davfs",
            "sshfs",
            "9p",
            "virtiofs");

    private static final Logger LOG = LoggerFactory.getLogger(LocalFileSystem.class);

    private LocalFileSystem() {}

    /**
     * Makes the directory if absent, and checks that it lies on a file system of this host.
     *
     * @throws InvalidArgument where it lies on a network file system
     * @throws StorageException where it cannot be made or read
     */
    public static Path directory(Path path) {
        try {
            create(path.toAbsolutePath());
            refuseNetwork(path, Files.getFileStore(path).type());
            return path.toRealPath();
        } catch (IOException e) {
            throw new StorageException(
                    "Could not make or read directory " + path + " (" + e
                            + "): it must be a directory that this user may write",
                    e);
        }
    }

    /** Has what it makes outlive a loss of power, as far as the file system can. */
    private static void create(Path path) throws IOException {
        Deque<Path> parents = new ArrayDeque<>();
        Path missing = path;
        while (missing != null && missing.getParent() != null && Files.notExists(missing)) {
            parents.push(missing.getParent());
            missing = missing.getParent();
        }
        Files.createDirectories(path);
        for (Path parent : parents) {
            force(parent);
        }
    }

    private static void force(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every system opens directories, and an interrupted thread cannot: then the file system is relied on.
            LOG.debug("could not bring directory {} to the disk", directory, e);
        }
    }

    static void refuseNetwork(Path path, String type) {
        String name = type.toLowerCase(Locale.ROOT);
        if (NETWORK.contains(name.startsWith("fuse.") ? name.substring(5) : name)) {
            throw new InvalidArgument(path + " lies on a network file system (" + type
                    + "), where locks of processes do" + " not hold reliably: choose a directory on a local disk");
        }
    }
}
