package dev.muster.servers;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Ends the servers of a JVM that was killed itself, and so ran no shutdown hook: a small shell process that is told of
 * each server, and kills those that are left when its input ends.
 */
final class Orphans {

    private static final String SCRIPT = """
            trap '' INT HUP TERM
            left=' '
            while read -r what pid; do
              case $what in
                born) left="$left$pid " ;;
                gone) case $left in *" $pid "*) left="${left%% "$pid" *} ${left#* "$pid" }" ;; esac ;;
              esac
            done
            for pid in $left; do kill -9 "$pid" 2>/dev/null; done
            """;

    private static @Nullable Writer input;

    private Orphans() {}

    static void born(long pid) {
        tell("born " + pid);
    }

    static void gone(long pid) {
        tell("gone " + pid);
    }

    private static synchronized void tell(String line) {
        try {
            Writer to = input;
            if (to == null) {
                to = new ProcessBuilder("sh", "-c", SCRIPT)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .outputWriter(StandardCharsets.UTF_8);
                input = to;
            }
            to.write(line + "\n");
            to.flush();
        } catch (IOException e) {
            // Only what ends the servers of a killed JVM is lost by it.
            System.err.println("servers of this JVM outlive it if it is killed: " + e);
        }
    }
}
