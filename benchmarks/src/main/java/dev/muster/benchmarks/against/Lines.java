package dev.muster.benchmarks.against;

import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Numbers;
import dev.muster.benchmarks.harness.Spread;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.peer.Library;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Lines of the table out of what the entrants of a row did. */
final class Lines {

    private Lines() {}

    /**
     * A line of each entrant's rates, with ours as a multiple of it.
     *
     * @param suffix of the contender: in which circumstances
     * @param unit of those that are locks or groups; bare writes have their own
     * @param note what is to be known of each
     */
    static List<Line> rates(
            Field field,
            String row,
            String suffix,
            String unit,
            Map<Libraries, Spread> rates,
            Function<Library, String> note) {
        List<Line> lines = new ArrayList<>();
        Spread ours = rates.get(Libraries.MUSTER);
        for (Entrant entrant : field.entrants()) {
            Spread rate = rates.get(entrant.which());
            if (rate == null) {
                continue;
            }
            boolean bare = entrant.which() == Libraries.RAW;
            String ratio = ours == null || entrant.which() == Libraries.MUSTER
                    ? ""
                    : bare
                            ? "a pair of ours takes the time of " + Numbers.plain(rate.over(ours)) + " writes"
                            : "ours is " + Numbers.times(ours.over(rate));
            lines.add(Line.of(row, entrant.name() + ", " + suffix, bare ? "writes/s" : unit, rate)
                    .note(both(ratio, note.apply(entrant.library()))));
        }
        return lines;
    }

    /** Two remarks, of which either may be empty. */
    static String both(String one, String other) {
        return one.isEmpty() ? other : other.isEmpty() ? one : one + "; " + other;
    }

    /** Whether any round had a sample. */
    static boolean any(Collection<double[]> rounds) {
        return rounds.stream().anyMatch(round -> round.length > 0);
    }
}
