package dev.muster.store.testkit.planted;

import dev.muster.store.testkit.StoreContract;
import java.util.List;

/** What an engine can get wrong: each is a mistake that somebody made, and names the tests that must see it. */
enum Fault {
    NONE("Commits"),
    TELLS_CHANGES_OUT_OF_ORDER("Concurrency", "everyWatchEndsWithWhatTheDirectoryHolds"),
    DROPS_A_CHANGE("Watches", "manyWatchesOfOneDirectoryAllEndCurrent"),
    DROPS_THE_LAST_CHANGE("Watches", "everyKindOfChangeIsTold", "aChangeOfAnotherClientIsToldToo"),
    LISTS_BEFORE_IT_WATCHES("Watches", "noChangeFallsBetweenTheListingAndTheChangesThatFollow"),
    HIDES_A_REPLACEMENT("Watches", "aReplacedEntryShowsAnotherCreatingRevision"),
    TELLS_AFTER_THE_CLOSE("Listeners", "aChangeMadeAfterTheWatchWasClosedIsNotTold"),
    TELLS_ALL_WATCHES_ON_ONE_THREAD("Listeners", "aBlockedListenerDelaysNeitherOtherListenersNorCommits"),
    CHECKS_GUARDS_BEFOREHAND(
            "Concurrency",
            "noUpdateIsLostUnderTheGuardOfTheRevisionThatWasRead",
            "ofThoseWhoFindANameAbsentExactlyOneTakesIt",
            "concurrentHistoriesAreInOneOrder"),
    COMPARES_A_VERSION_THAT_RESTARTS("Guards", "noRevisionOfAnEarlierIncarnationEverHoldsAgain"),
    FORGETS_THE_REVISION_OF_AN_EMPTY_DIRECTORY(
            "Revisions",
            "theyGrowOverEmptyingAndMakingADirectoryAgain",
            "theyGrowOverTheEndOfASessionThatLeavesADirectoryEmpty"),
    MIXES_TWO_STATES_IN_A_LISTING(
            "Concurrency", "noListingSnapshotOrWatchShowsHalfACommit", "concurrentHistoriesAreInOneOrder"),
    ANSWERS_A_STALE_LISTING("Concurrency", "concurrentHistoriesAreInOneOrder"),
    LETS_AN_ENDED_SESSION_COMMIT("SessionEnds", "noCommitThatNamesASessionAppliesOnceItsCloseWasAnswered"),
    APPLIES_THE_UNOWNED_PART_OF_AN_ENDED_SESSION("Owners", "aCommitThatNamesAnEndedSessionFailsWhole"),
    ENDS_A_SESSION_ENTRY_BY_ENTRY("Sessions", "eachDirectoryRemovesThemInOneCommitThatItsWatchersAreTold"),
    BELIEVES_IN_ITSELF_TOO_LONG("SessionEnds", "theOwnerKnowsThatItMayNotOwnBeforeAnotherCanFindTheEntryGone"),
    SETTLES_BY_A_PLAIN_READ("Settling", "aCommitThatWasSettledUnsentCanNoLongerApply"),
    SETTLES_WITH_THE_LATEST_REVISION("Settling", "anAppliedCommitSettlesAsAppliedAtItsRevision"),
    TAKES_ONE_BYTE_TOO_MANY("Limits", "aValueOfTheGreatestSizePassesAndOneByteMoreDoesNot");

    private final String group;

    @SuppressWarnings("ImmutableEnumChecker") // a copy
    private final List<String> caughtBy;

    Fault(String group, String... caughtBy) {
        this.group = group;
        this.caughtBy = List.of(caughtBy);
    }

    /** The part of the suite that must see it. */
    Class<?> group() {
        for (Class<?> nested : StoreContract.class.getDeclaredClasses()) {
            if (nested.getSimpleName().equals(group)) {
                return nested;
            }
        }
        throw new IllegalStateException("the store contract has no group " + group);
    }

    List<String> caughtBy() {
        return caughtBy;
    }
}
