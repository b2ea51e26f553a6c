package dev.muster.benchmarks.against;

import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.server.Server;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All who are measured in one row on one server, in turn. One that fails is out, and the others go on. */
final class Field implements AutoCloseable {

    private final Settings settings;
    private final String row;
    private final List<Entrant> entrants;

    private Field(Settings settings, String row, List<Entrant> entrants) {
        this.settings = settings;
        this.row = row;
        this.entrants = entrants;
    }

    static Field of(Settings settings, String row, Server server, List<Libraries> libraries, int clients) {
        List<Entrant> entrants = libraries.stream().map(Entrant::new).toList();
        for (Entrant entrant : entrants) {
            settings.progress().now(row + ": " + entrant.name() + " connects");
            entrant.enter(server, server, place(settings, row), clients);
        }
        return new Field(settings, row, entrants);
    }

    static Libraries.Place place(Settings settings, String row) {
        return new Libraries.Place(
                "muster-bench-" + ProcessHandle.current().pid() + "-" + row,
                settings.python(),
                settings.places().folder());
    }

    List<Entrant> entrants() {
        return entrants;
    }

    /** What one of them does in one round. */
    interface Turn<T> {
        T take(Entrant entrant) throws Exception;
    }

    /**
     * Warms each up by a turn that does not count, then lets them take turns, A B A B …
     *
     * @param label for the progress
     * @return what each that is still in answered
     */
    <T> Map<Libraries, List<T>> rounds(String label, Turn<T> warmUp, Turn<T> turn) {
        Map<Libraries, List<T>> samples = new EnumMap<>(Libraries.class);
        for (Entrant entrant : entrants) {
            settings.progress().now(row + ", " + label + ": " + entrant.name() + " warms up");
            entrant.attempt(() -> warmUp.take(entrant));
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Entrant entrant : entrants) {
                settings.progress()
                        .now(row + ", " + label + ": round " + round + " of " + settings.rounds() + ", "
                                + entrant.name());
                T sample = entrant.attempt(() -> turn.take(entrant));
                if (sample != null) {
                    samples.computeIfAbsent(entrant.which(), which -> new ArrayList<>())
                            .add(sample);
                }
            }
        }
        entrants.stream().filter(entrant -> !entrant.isIn()).forEach(entrant -> samples.remove(entrant.which()));
        return samples;
    }

    /** A line for each that is out. */
    List<Line> missing() {
        return entrants.stream()
                .filter(entrant -> !entrant.isIn())
                .map(entrant -> Line.missing(row, entrant.name(), entrant.failure()))
                .toList();
    }

    @Override
    public void close() {
        settings.progress().now(row + ": closes");
        entrants.forEach(Entrant::close);
    }
}
