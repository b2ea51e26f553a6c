package dev.muster.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import picocli.CommandLine.Option;

/** The voice of a command with results for people or, with {@code --json}, for programs: one object a line. */
final class Output extends Voice {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    @Option(
            names = "--json",
            description = "Write one JSON object a line. Revisions and tokens are text: they need 64 bits.")
    boolean json;

    void json(Map<String, ?> fields) {
        line(JsonText.of(fields));
    }

    /** For people alone: the rows, or, where there are none, this note. */
    void table(Table table, String none) {
        if (json) {
            return;
        }
        if (table.isEmpty()) {
            note(none);
        } else {
            table.lines().forEach(this::line);
        }
    }

    /** The time of an event, to the millisecond. */
    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A time for people. */
    static String clock(Instant time) {
        return CLOCK.format(time);
    }
}
