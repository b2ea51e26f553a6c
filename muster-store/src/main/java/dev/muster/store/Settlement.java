package dev.muster.store;

/** What became of a commit whose reply was lost. Final: it will not change afterwards. */
public sealed interface Settlement {

    /** It was applied, at this revision. */
    record Applied(long revision) implements Settlement {}

    /** It was not applied, and no longer can be. */
    record Never() implements Settlement {}
}
