package dev.muster.store.testkit.wire;

import java.util.List;

/** What an engine can get wrong about its network: each names the promises of a link that must see it. */
enum WireFault {
    NONE(""),
    DENIES_A_COMMIT_WHOSE_REPLY_WAS_LOST(
            "LinkCommits", "aCommitWhoseReplyIsLostIsUnknownAndSettlesAsAppliedAtItsRevision"),
    SETTLES_BY_READING("LinkCommits", "aRequestThatArrivesAfterItWasSettledAsNeverHasNoEffect"),
    SENDS_AGAIN_BLINDLY(
            "LinkCommits",
            "aCommitWhoseReplyIsLostIsUnknownAndSettlesAsAppliedAtItsRevision",
            "cutsWhileManyCommitLoseNothingThatWasAcknowledgedAndApplyNothingThatWasDenied"),
    APPLIES_FOR_AN_ENDED_SESSION("LinkCommits", "aRequestThatArrivesAfterItsSessionHasEndedHasNoEffect"),
    CALLS_UNSENT_WHAT_IT_SENDS_LATER("LinkCommits", "aCommitThatNeverLeftFailsAsNeverAppliedAndDoesNotApply"),
    BELIEVES_IN_ITSELF_UNTIL_IT_IS_TOLD(
            "LinkSessions", "anOwnerCutOffInSilenceKnowsThatItMayNotOwnBeforeAnotherFindsItsEntryGone"),
    BEGINS_A_SESSION_AGAIN_IN_SILENCE(
            "LinkSessions", "anOwnerCutOffInSilenceKnowsThatItMayNotOwnBeforeAnotherFindsItsEntryGone"),
    ENDS_SESSIONS_WITH_THEIR_CONNECTION(
            "LinkSessions",
            "aCutShorterThanTheTimeOutSuspendsASessionAndTakesNothingFromIt",
            "aConnectionThatGoesDeafEndsNoSessionWhileNewOnesPass"),
    NEVER_ASKS_WHETHER_IT_IS_HEARD("LinkWatches", "aWatchWhoseConnectionGoesDeafComesToShowThePresentStateByItself"),
    DOES_NOT_LIST_AFTER_A_RECONNECT("LinkWatches", "whatChangedDuringACutIsShownAfterwardsAReplacementToo"),
    NEVER_VERIFIES("LinkWatches", "aLostLastNotificationIsMadeUpForThoughTheConnectionStays");

    private final String group;

    @SuppressWarnings("ImmutableEnumChecker") // a copy
    private final List<String> caughtBy;

    WireFault(String group, String... caughtBy) {
        this.group = group;
        this.caughtBy = List.of(caughtBy);
    }

    /** The part of the suite that must see it. */
    String group() {
        return group;
    }

    List<String> caughtBy() {
        return caughtBy;
    }
}
