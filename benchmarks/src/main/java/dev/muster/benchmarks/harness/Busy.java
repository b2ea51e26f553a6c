package dev.muster.benchmarks.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How busy the machine's processors were up to a moment, with us and with others: a figure taken beside busy strangers is
 * worth less. From /proc, in its clock ticks of 10 ms.
 *
 * @param all ticks that any processor did not idle
 * @param ours ticks of this process and its descendants: children, and servers that were started
 */
public record Busy(long nanoTime, long all, long ours) {

    private static final double TICKS_PER_SECOND = 100;

    public static Busy now() throws IOException {
        // user, nice and system; irq, softirq and steal. Between them idle and waiting for disks.
        long all = sum(fields(firstLine(Path.of("/proc/stat")).substring("cpu".length())), 0, 1, 2, 5, 6, 7);
        long ours = ticks(ProcessHandle.current());
        for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
            ours += ticks(child);
        }
        return new Busy(System.nanoTime(), all, ours);
    }

    /** Of a process and those of its children that have ended. */
    private static long ticks(ProcessHandle process) throws IOException {
        try {
            String stat = firstLine(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return sum(fields(stat.substring(stat.lastIndexOf(')') + 1)), 11, 12, 13, 14);
        } catch (NoSuchFileException e) {
            // It has ended just now, and counts with its parent.
            return 0;
        }
    }

    /** Processors kept busy by others since an earlier moment, as a share of one: 0.5 is half a processor. */
    public double othersSince(Busy before) {
        double seconds = (nanoTime - before.nanoTime) / 1e9;
        return Math.max(0, ((all - before.all) - (ours - before.ours)) / TICKS_PER_SECOND / seconds);
    }

    private static String firstLine(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            return lines.findFirst().orElse("");
        }
    }

    private static String[] fields(String line) {
        return line.trim().split(" +", -1);
    }

    private static long sum(String[] fields, int... which) {
        return IntStream.of(which).mapToLong(i -> Long.parseLong(fields[i])).sum();
    }
}
