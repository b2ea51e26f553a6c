package dev.muster.benchmarks.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What processes have cost so far, from /proc. What goes through mapped memory is not in the bytes and calls.
 *
 * @param cpuSeconds in user and kernel mode, in steps of 10 ms a process
 * @param bytes that read and write calls moved, from and to anything
 * @param calls of read and write and their like
 */
public record Cost(double cpuSeconds, long bytes, long calls) {

    private static final double TICKS_PER_SECOND = 100;

    public static Cost of(Collection<Child> children) throws IOException {
        Cost sum = new Cost(0, 0, 0);
        for (Child child : children) {
            sum = sum.plus(of(child.pid()));
        }
        return sum;
    }

    private static Cost of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(process.resolve("stat"), StandardCharsets.UTF_8);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        Map<String, Long> io = new HashMap<>();
        for (String line : Files.readAllLines(process.resolve("io"), StandardCharsets.UTF_8)) {
            int colon = line.indexOf(':');
            io.put(
                    line.substring(0, colon),
                    Long.parseLong(line.substring(colon + 1).trim()));
        }
        return new Cost(
                ticks / TICKS_PER_SECOND,
                io.getOrDefault("rchar", 0L) + io.getOrDefault("wchar", 0L),
                io.getOrDefault("syscr", 0L) + io.getOrDefault("syscw", 0L));
    }

    public Cost plus(Cost other) {
        return new Cost(cpuSeconds + other.cpuSeconds, bytes + other.bytes, calls + other.calls);
    }

    public Cost minus(Cost other) {
        return new Cost(cpuSeconds - other.cpuSeconds, bytes - other.bytes, calls - other.calls);
    }
}
