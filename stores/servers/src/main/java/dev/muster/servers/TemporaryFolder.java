package dev.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of a server's data, that belongs to the server's user. Removed when closed, with the JVM at the latest. */
public final class TemporaryFolder implements AutoCloseable {

    private final Path path;
    private final Account account;

    private TemporaryFolder(Path path, Account account) {
        this.path = path;
        this.account = account;
    }

    /** Makes a folder that only this user (and root) may enter. */
    public static TemporaryFolder create(String name, Account account) {
        try {
            TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory("muster-" + name + "-"), account);
            account.own(folder.path);
            AtExit.close(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("could not make a temporary folder", e);
        }
    }

    public Path path() {
        return path;
    }

    public Account account() {
        return account;
    }

    /** Where a file or folder of this name is or would be. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Makes a folder in it if it is not there. */
    public Path folder(String name) {
        try {
            Path folder = Files.createDirectories(path.resolve(name));
            account.own(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("could not make a folder in " + path, e);
        }
    }

    /** Writes a file in it, in place of one that is there. */
    public Path write(String name, String text) {
        try {
            Path file = Files.writeString(path.resolve(name), text);
            account.own(file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("could not write a file in " + path, e);
        }
    }

    /** Copies a folder of it, with what is in it, in place of one that is there. */
    public void copy(String from, String to) {
        remove(to);
        Path source = path.resolve(from);
        try (Stream<Path> found = Files.walk(source)) {
            for (Path one : found.toList()) {
                Path copy = path.resolve(to).resolve(source.relativize(one).toString());
                Files.copy(one, copy, StandardCopyOption.COPY_ATTRIBUTES);
                account.own(copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not copy " + source, e);
        }
    }

    /** Removes a file or folder of it, with what is in it. */
    public void remove(String name) {
        remove(path.resolve(name));
    }

    private static void remove(Path top) {
        // A server that was told to stop may still be removing files of its own.
        for (int attempt = 0; Files.exists(top); attempt++) {
            try (Stream<Path> found = Files.walk(top)) {
                List<Path> deepestFirst =
                        found.sorted(Comparator.reverseOrder()).toList();
                for (Path one : deepestFirst) {
                    Files.deleteIfExists(one);
                }
            } catch (IOException | UncheckedIOException e) {
                boolean vanished = e instanceof NoSuchFileException || e.getCause() instanceof NoSuchFileException;
                if (attempt == 10 || (!vanished && attempt == 3)) {
                    throw new IllegalStateException("could not remove " + top, e);
                }
            }
        }
    }

    /** Removes it with all that is in it. */
    @Override
    public void close() {
        AtExit.forget(this);
        remove(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
