package dev.muster.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What all processes of one demo agree on: the files, how they are cut into partitions, and where in the store things
 * are. Written by the parent, read by each worker.
 *
 * @param files relative to the root, in the order of the manifest
 */
record Plan(Path root, String namespace, int workers, List<String> files) {

    static final String GROUP = "workers";
    static final String ELECTION = "leader";

    /** The entry in the election's directory by which the leader declares the manifest done, under its term. */
    static final String MANIFEST = "manifest";

    private static final int FEWEST_PARTITIONS = 32;
    private static final int FILES_A_PARTITION = 2_000;
    private static final Duration WORK = Duration.ofSeconds(9);
    private static final Duration LONGEST_STEP = Duration.ofMillis(200);

    Plan {
        files = List.copyOf(files);
    }

    int partitions() {
        return Math.max(FEWEST_PARTITIONS, files.size() / FILES_A_PARTITION);
    }

    int partitionOf(int file) {
        return file % partitions();
    }

    IntStream filesOf(int partition) {
        return IntStream.iterate(partition, file -> file < files.size(), file -> file + partitions());
    }

    /** The files below this index may be worked on before the marker {@link Markers#OPEN} is set. */
    int early() {
        return files.size() / 2;
    }

    /** How many files one step of a worker takes: many where there are many, so that it is over in a minute. */
    int batch() {
        return Math.max(1, Math.min(30, files.size() / 1_000));
    }

    /** How long a step lasts at least, so that there is something to see. */
    Duration pace() {
        Duration fair = WORK.multipliedBy((long) workers * batch()).dividedBy(Math.max(1, files.size()));
        return fair.compareTo(LONGEST_STEP) < 0 ? fair : LONGEST_STEP;
    }

    String control() {
        return namespace + "/control";
    }

    String results(int partition) {
        return namespace + "/results/" + partition;
    }

    /** The key of a partition, and the name of its lock. */
    static String key(int partition) {
        return "partition-" + partition;
    }

    void write(Path path) throws IOException {
        List<String> parts = new ArrayList<>(List.of(root.toString(), namespace, Integer.toString(workers)));
        parts.addAll(files);
        Files.write(path, String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
    }

    static Plan read(Path path) throws IOException {
        String[] parts = new String(Files.readAllBytes(path), StandardCharsets.UTF_8).split("\0", -1);
        return new Plan(
                Path.of(parts[0]),
                parts[1],
                Integer.parseInt(parts[2]),
                List.of(parts).subList(3, parts.length));
    }
}
