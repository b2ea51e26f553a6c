package dev.muster.cli.conformance;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of one promise.
 *
 * @param chapter the promises that it belongs to
 * @param promise as a sentence
 * @param reason why it is not promised or not tried, or how it was broken
 */
public record Verdict(
        String chapter,
        String promise,
        Outcome outcome,
        String reason,
        @Nullable Throwable cause) {

    /** Whether a promise is kept. */
    public enum Outcome {
        HOLDS,
        /** The store does not make this promise, by what it declares. */
        NOT_PROMISED,
        /** It could not be checked here. */
        NOT_TRIED,
        BROKEN
    }

    public Optional<Throwable> failure() {
        return Optional.ofNullable(cause);
    }
}
