package dev.muster.coordination.testkit;

import java.util.List;

/** What a store, or a recipe that trusts it too much, can get wrong; and the tests of recipes that must see it. */
enum PlantedFault {
    NONE("Locks", "anotherMemberGetsItOnlyAfterItsRelease", "manyFailedAttemptsNeverCostTheHolderItsLock"),
    TELLS_NO_REMOVAL(
            "LockQueues",
            "waitersAreServedInTheOrderInWhichTheyAsked",
            "aCancelledWaitLeavesTheQueueAndTheOthersTheirPlaces"),
    TELLS_NO_REMOVAL_OF_A_MEMBER(
            "GroupWatches", "whoLeavesIsToldOnceAsItWasLastSeen", "whoLeavesAndJoinsAgainIsToldAsBoth"),
    TELLS_NO_REMOVAL_OF_A_LEADER("Elections", "theNextLeadsWhenTheFirstWithdrawsAndIsNotToldBefore"),
    TELLS_ALL_TWICE("GroupWatches", "whoJoinsIsToldOnceAndNobodyIsToldAfterTheWatchHasEnded"),
    TELLS_LATE("LockTiming", "aReleaseWakesTheWaiterWithoutAPoll"),
    SHOWS_ONES_OWN_REQUEST_ALONE(
            "LockExclusion",
            "noTwoHoldersAreInsideAtOnceAndTheirTokensRise",
            "whoHoldsItAloneIsNeverInsideWithThoseWhoShareIt"),
    SHOWS_ONES_OWN_REQUEST_ALONE_TO_ALL("SharedLocks", "whileItIsSharedNobodyHasItAlone"),
    IGNORES_WHO_IS_MEANT("MemberCapabilities", "whoHasLeftCanUpdateNothingNotEvenItsNextIncarnation"),
    IGNORES_WHO_LEADS("Leaderships", "aLeaderWritesToItsElectionsDirectoryAndNoFormerOneDoes"),
    IGNORES_WHO_IS_THERE("Groups", "aMemberIdJoinsOnceAndTheFailedAttemptChangesNothing", "aGroupIsCreatedOnce"),
    KEEPS_WHAT_AN_ENDED_SESSION_OWNED("Groups", "whoClosesItsCoordinatorIsNoMemberAtOnce"),
    LISTS_MORE_THAN_WAS_ASKED("Groups", "nothingButGroupsIsListed"),
    FORGETS_WHAT_IT_HELD("Rejoining", "aLostMemberJoinsAgainWithItsLatestCapabilitiesAsAnotherIncarnation");

    private final String group;

    @SuppressWarnings("ImmutableEnumChecker") // a copy
    private final List<String> caughtBy;

    PlantedFault(String group, String... caughtBy) {
        this.group = group;
        this.caughtBy = List.of(caughtBy);
    }

    /** The part of the suite that must see it. */
    Class<?> group() {
        for (Class<?> nested : RecipeContract.class.getDeclaredClasses()) {
            if (nested.getSimpleName().equals(group)) {
                return nested;
            }
        }
        throw new IllegalStateException("the recipe contract has no group " + group);
    }

    List<String> caughtBy() {
        return caughtBy;
    }
}
