package dev.muster.store.file;

import dev.muster.host.LocalFileSystem;
import dev.muster.host.ProcessWide;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Limits;
import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** Opens {@code file:///path}, with the options {@code lease} and {@code timeout}. */
public final class FileStoreProvider implements StoreProvider {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** The locks of the operating system force it: see {@link ProcessWide}. */
    private static final ProcessWide<FileSpace> SPACES = new ProcessWide<>("file", FileSpace::open, FileSpace::close);

    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public Set<String> options() {
        return Set.of("lease", "timeout");
    }

    @Override
    public Store open(StoreUri uri) {
        Duration lease = uri.duration("lease").orElse(Duration.ZERO);
        Limits limits = Limits.STANDARD;
        if (!lease.isZero() && (lease.compareTo(limits.minSession()) < 0 || lease.compareTo(limits.maxSession()) > 0)) {
            throw new InvalidArgument("option 'lease' of the store URI is " + lease.toMillis() + " ms: it takes "
                    + limits.minSession().toMillis() + " ms to "
                    + limits.maxSession().toMinutes() + " minutes");
        }
        Duration timeout = uri.duration("timeout").orElse(DEFAULT_TIMEOUT);
        return new FileStore(SPACES.share(LocalFileSystem.directory(path(uri))), lease, timeout);
    }

    private static Path path(StoreUri uri) {
        if (!uri.authority().isEmpty() && !uri.authority().equals("localhost")) {
            throw new InvalidArgument("the store URI names the host '" + uri.authority()
                    + "': write three slashes before the path, as in file:///var/lib/app/muster");
        }
        try {
            Path path = Path.of(uri.path());
            if (path.isAbsolute() && path.getNameCount() > 0) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new InvalidArgument("the store URI holds a path that this system does not allow", e);
        }
        throw new InvalidArgument("the store URI holds no absolute path to a directory: write one, as in"
                + " file:///var/lib/app/muster");
    }
}
