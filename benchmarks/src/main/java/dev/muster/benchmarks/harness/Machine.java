package dev.muster.benchmarks.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a reader must know of the machine to make anything of a figure. */
public final class Machine {

    private Machine() {}

    /** Facts by their name; those that this system does not tell are left out. */
    public static Map<String, String> facts(Path folder) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        facts.put("JDK", System.getProperty("java.vm.version") + " (" + System.getProperty("java.vm.vendor") + ")");
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("disk", Files.getFileStore(folder).type());
        facts.put("load before", load());
        return facts;
    }

    /** The mean number of runnable processes over 1, 5 and 15 minutes. */
    public static String load() throws IOException {
        Path loads = Path.of("/proc/loadavg");
        if (!Files.isReadable(loads)) {
            return "unknown";
        }
        String[] parts = Files.readString(loads, StandardCharsets.UTF_8).split(" ", -1);
        return parts[0] + " " + parts[1] + " " + parts[2];
    }
}
