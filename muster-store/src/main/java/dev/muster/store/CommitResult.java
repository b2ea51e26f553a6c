package dev.muster.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The verdict of a commit, and what of the directory's state was asked for with it. */
public sealed interface CommitResult {

    /** What {@link Commit#reply()} asked for: for NAMES and ENTRIES. In order of creation. */
    List<String> names();

    /** What {@link Commit#reply()} asked for: for ENTRIES only. */
    Listing listing();

    default boolean isApplied() {
        return this instanceof Applied;
    }

    /**
     * The state of the directory that a result carries: nothing, the names, or all.
     *
     * @param revision of the state, not older than the commit's own
     */
    record Snapshot(
            long revision,
            @Nullable List<String> knownNames,
            @Nullable Listing knownListing) {

        public static final Snapshot NOTHING = new Snapshot(0, null, null);

        public static Snapshot of(Listing listing) {
            return new Snapshot(listing.revision(), null, listing);
        }

        public static Snapshot of(long revision, List<String> names) {
            return new Snapshot(revision, names, null);
        }

        List<String> names() {
            if (knownNames != null) {
                return knownNames;
            }
            return listing().names();
        }

        Listing listing() {
            if (knownListing == null) {
                throw new IllegalStateException(
                        "the commit did not ask for this: build it with the reply that you read");
            }
            return knownListing;
        }
    }

    /** All changes were applied, at this revision. */
    record Applied(long revision, Snapshot snapshot) implements CommitResult {
        @Override
        public List<String> names() {
            return snapshot.names();
        }

        @Override
        public Listing listing() {
            return snapshot.listing();
        }
    }

    /** Nothing was applied, because this guard did not hold. */
    record Refused(Guard guard, Snapshot snapshot) implements CommitResult {
        @Override
        public List<String> names() {
            return snapshot.names();
        }

        @Override
        public Listing listing() {
            return snapshot.listing();
        }
    }
}
