package dev.muster.cli.demo;

import dev.muster.store.InvalidArgument;
import dev.muster.store.Names;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which files a demo is about: regular ones, relative to a folder, in the order of their bytes. Links are left out. */
final class FileList {

    private FileList() {}

    /** All files beneath a folder, but for what git keeps for itself. */
    static List<String> beneath(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new InvalidArgument(folder + " is no folder: name one whose files shall be shared out");
        }
        List<String> files = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.endsWith(".git") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(folder.relativize(file).toString());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sorted(files);
    }

    /** The files that git tracks in a folder, as far as they are there; empty where there is no git that knows it. */
    static Optional<List<String>> tracked(Path folder) {
        try {
            Process git = new ProcessBuilder("git", "ls-files", "-z")
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            git.getOutputStream().close();
            String output = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(git.getInputStream().readAllBytes()))
                    .toString();
            if (git.waitFor() != 0) {
                return Optional.empty();
            }
            List<String> files = new ArrayList<>();
            for (String name : output.split("\0", -1)) {
                if (!name.isEmpty() && isRegular(folder, name)) {
                    files.add(name);
                }
            }
            return Optional.of(sorted(files));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while git listed its files", e));
        }
    }

    private static boolean isRegular(Path folder, String name) {
        try {
            return Files.isRegularFile(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static List<String> sorted(List<String> files) {
        files.sort(Names.BYTE_ORDER);
        return files;
    }
}
