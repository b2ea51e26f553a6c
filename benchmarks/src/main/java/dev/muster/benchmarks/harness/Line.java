package dev.muster.benchmarks.harness;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table: what one contender did in one row.
 *
 * @param figure null where it could not be measured: the note says why
 * @param note what is to be known beside the figure, for instance the ratio to a peer's
 * @param target what the figure or the note shall reach, empty for none
 * @param reached whether it does, null where there is no target or no figure
 */
public record Line(
        String row,
        String contender,
        String unit,
        @Nullable Spread figure,
        String note,
        String target,
        @Nullable Boolean reached) {

    public static Line of(String row, String contender, String unit, Spread figure) {
        return new Line(row, contender, unit, figure, "", "", null);
    }

    /** Of a contender that is not there. */
    public static Line missing(String row, String contender, Exception why) {
        return new Line(row, contender, "", null, "not measured: " + why.getMessage(), "", null);
    }

    public Line note(String text) {
        return new Line(row, contender, unit, figure, text, target, reached);
    }

    public Line target(String text, boolean isReached) {
        return new Line(row, contender, unit, figure, note, text, isReached);
    }
}
