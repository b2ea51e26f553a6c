package dev.muster.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Measures contenders in turn, A B A B …, so that what else goes on in the machine falls on all of them alike. */
public final class InTurn {

    /** What one contender does in each of its turns. */
    public record Turn<T>(String name, Callable<T> take) {}

    private InTurn() {}

    /** The rates of each contender, in their order. Warms them up first, and closes them at the end. */
    public static List<Spread> rates(Settings settings, String row, List<Contender> contenders) throws Exception {
        try {
            for (Contender contender : contenders) {
                settings.progress().now(row + ": " + contender.name() + " warms up");
                contender.rate(settings.warmUp());
            }
            List<Turn<Double>> turns = contenders.stream()
                    .map(contender -> new Turn<>(contender.name(), () -> contender.rate(settings.round())))
                    .toList();
            return rounds(settings, row, settings.rounds(), turns).stream()
                    .map(Spread::of)
                    .toList();
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /** What each contender answered in so many turns, in their order. */
    public static <T> List<List<T>> rounds(Settings settings, String row, int rounds, List<Turn<T>> turns)
            throws Exception {
        List<List<T>> samples =
                Stream.<List<T>>generate(ArrayList::new).limit(turns.size()).toList();
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < turns.size(); i++) {
                settings.progress()
                        .now(row + ": round " + round + " of " + rounds + ", "
                                + turns.get(i).name());
                samples.get(i).add(turns.get(i).take().call());
            }
        }
        return samples;
    }

    /** What the only one in a row answered in as many turns as the settings say. */
    public static <T> List<T> alone(Settings settings, String row, Turn<T> turn) throws Exception {
        return rounds(settings, row, settings.rounds(), List.of(turn)).get(0);
    }
}
