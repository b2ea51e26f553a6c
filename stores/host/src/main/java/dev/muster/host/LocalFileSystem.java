package dev.muster.host;

import dev.muster.store.InvalidArgument;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

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

    private LocalFileSystem() {}

    /**
     * Makes the directory if absent, and checks that it lies on a file system of this host.
     *
     * @throws InvalidArgument where it lies on a network file system
     * @throws StorageException where it cannot be made or read
     */
    public static Path directory(Path path) {
        try {
            Files.createDirectories(path);
            refuseNetwork(path, Files.getFileStore(path).type());
            return path.toRealPath();
        } catch (IOException e) {
            throw new StorageException(
                    "Could not make or read directory " + path + " (" + e
                            + "): it must be a directory that this user may write",
                    e);
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
