package dev.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which etcd to start. */
public enum EtcdRelease {
    /** The one that is installed: 3.4.23 on Debian 12. */
    INSTALLED {
        @Override
        Path program() {
            return Requirement.program("etcd", "etcd-server");
        }
    },

    /**
     * One whose leases are safe, 3.5.13 or later. Unless the environment variable {@code MUSTER_ETCD_RECENT} names the
     * program, Debian 13's is fetched once, by apt, into {@code ~/.cache/muster}; nothing is installed.
     */
    RECENT {
        @Override
        Path program() {
            return Optional.ofNullable(System.getenv("MUSTER_ETCD_RECENT"))
                    .map(Path::of)
                    .orElseGet(EtcdRelease::fetched);
        }
    };

    private static final String FETCH = """
            set -e
            root=$1 target=$2
            mkdir -p "$root/lists/partial" "$root/cache/archives/partial" "$root/preferences" "$root/x"
            : >"$root/status"
            keys=/usr/share/keyrings/debian-archive-keyring.gpg
            mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2>/dev/null)
            printf 'Types: deb\\nURIs: %s\\nSuites: trixie\\nComponents: main\\nSigned-By: %s\\n' \\
                "${mirror:-http://deb.debian.org/debian}" "$keys" >"$root/debian.sources"
            apt() {
                apt-get -qq -o Dir::Etc::sourcelist="$root/debian.sources" -o Dir::Etc::sourceparts=- \\
                    -o Dir::Etc::preferencesparts="$root/preferences" -o Dir::State::lists="$root/lists" \\
                    -o Dir::Cache="$root/cache" -o Dir::State::status="$root/status" -o APT::Sandbox::User=root "$@"
            }
            apt update
            cd "$root"
            apt download etcd-server
            dpkg -x etcd-server_*.deb x
            cp x/usr/bin/etcd "$target.new"
            mv "$target.new" "$target"
            """;

    private static final int FETCH_MINUTES = 3;

    /** The program, made ready where it can be. */
    abstract Path program();

    private static @Nullable Path ready;

    private static synchronized Path fetched() {
        Path known = ready;
        if (known == null) {
            known = shared(cached());
            ready = known;
        }
        return known;
    }

    private static Path cached() {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .orElse(System.getProperty("user.home") + "/.cache");
        Path folder = Path.of(cache, "muster");
        Path program = folder.resolve("etcd-trixie");
        try {
            Files.createDirectories(folder);
            // Test processes may run side by side.
            try (FileChannel channel = FileChannel.open(
                            folder.resolve("etcd-trixie.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                if (!Files.isExecutable(program) && held.isValid()) {
                    fetch(program);
                }
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException("could not make " + program, e);
        }
    }

    private static void fetch(Path program) throws IOException {
        Path root = Files.createTempDirectory("muster-etcd-");
        Path log = root.resolve("log");
        Process process = new ProcessBuilder("sh", "-c", FETCH, "fetch", root.toString(), program.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor(FETCH_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
        throw Requirement.missing(
                "etcd 3.5.13 or later could not be fetched from Debian 13 (" + log + "), and",
                "nothing helps but a network, or MUSTER_ETCD_RECENT=/path/to/etcd");
    }

    /** A copy that other users may run: the cache lies in a home, which they may not enter. */
    private static Path shared(Path program) {
        try {
            Path copy = Files.createTempFile("muster-etcd-", "");
            AtExit.close(() -> Files.deleteIfExists(copy));
            Files.copy(program, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException("could not copy " + program, e);
        }
    }
}
