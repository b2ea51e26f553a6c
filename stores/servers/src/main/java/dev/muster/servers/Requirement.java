package dev.muster.servers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * What a test needs from the machine. Where it is missing the test is skipped, and that is printed once; with the
 * environment variable {@code CI=true} it fails instead, since there a skip would hide that nothing was tested.
 */
public final class Requirement {

    private static final Set<String> PRINTED = ConcurrentHashMap.newKeySet();

    private Requirement() {}

    /**
     * Finds a program on the PATH, in {@code /usr/sbin} or {@code /sbin}.
     *
     * @param debianPackage what installs it, for the message
     * @throws TestAbortedException where it is not there; with {@code CI=true} an {@link AssertionError}
     */
    public static Path program(String name, String debianPackage) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing("the program " + name, debianPackage));
    }

    /**
     * Answers the first of these files that is there.
     *
     * @param debianPackage what installs it, for the message
     * @throws TestAbortedException where none is there; with {@code CI=true} an {@link AssertionError}
     */
    public static Path file(String debianPackage, Path... candidates) {
        return Arrays.stream(candidates)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> missing("the file " + Arrays.toString(candidates), debianPackage));
    }

    /** What to throw where a test's need is not met; for needs other than those above. */
    public static RuntimeException missing(String what, String debianPackage) {
        return missing(what, debianPackage, "true".equals(System.getenv("CI")));
    }

    static RuntimeException missing(String what, String debianPackage, boolean mustBeThere) {
        String reason = what + " is not there: apt-get install " + debianPackage;
        if (mustBeThere) {
            throw new AssertionError(reason + " (a failure, not a skip, because CI=true)");
        }
        if (PRINTED.add(reason)) {
            System.err.println("skipped: " + reason);
        }
        return new TestAbortedException(reason);
    }
}
