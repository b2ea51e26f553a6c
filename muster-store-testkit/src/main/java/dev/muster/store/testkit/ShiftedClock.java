package dev.muster.store.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * Gives child processes another time of day: the library of Debian's package {@code faketime}, loaded before the C library
 * of the process, so that {@code System.currentTimeMillis} and {@code Instant.now} are off. {@code System.nanoTime} is not.
 */
public final class ShiftedClock {

    private static final Path LIBRARIES = Path.of("/usr/lib");
    private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

    private ShiftedClock() {}

    /**
     * The variables of a process whose time of day is off by so much, rounded to seconds.
     *
     * @throws TestAbortedException where the library is not there; with {@code CI=true} an {@link AssertionError}
     */
    public static Map<String, String> by(Duration shift) {
        return Map.of(
                "LD_PRELOAD",
                library().toString(),
                "FAKETIME",
                (shift.isNegative() ? "" : "+") + shift.toSeconds(),
                // Its handling of waits by the monotonic clock breaks those of a JVM, which needs none.
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    private static Path library() {
        return find().orElseThrow(() -> {
            String reason = "the library " + LIBRARY + " is not there: apt-get install faketime";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(reason + " (a failure, not a skip, because CI=true)");
            }
            return new TestAbortedException(reason);
        });
    }

    /** In one of the folders that Debian has for each processor architecture. */
    private static Optional<Path> find() {
        if (!Files.isDirectory(LIBRARIES)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(LIBRARIES)) {
            for (Path folder : folders) {
                if (Files.exists(folder.resolve(LIBRARY))) {
                    return Optional.of(folder.resolve(LIBRARY));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("could not look into " + LIBRARIES, e);
        }
    }
}
