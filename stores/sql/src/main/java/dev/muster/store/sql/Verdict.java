package dev.muster.store.sql;

import dev.muster.store.CommitResult.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What the database says of a commit.
 *
 * @param place of the guard or change that it is about
 * @param revision of the directory, which is that of the commit where it was applied
 * @param news what changed, if anything did and somebody wants to be told
 */
public record Verdict(Kind kind, int place, long revision, Link.@Nullable Notice news, Snapshot snapshot) {

    /** What became of it. */
    public enum Kind {
        APPLIED,
        /** By the guard of this place. */
        REFUSED,
        /** The session has ended. */
        SESSION_LOST,
        /** By the change of this place. */
        OTHER_OWNER,
        /** It was settled as never applied before it came, or its lane is not known. */
        FENCED,
        /** The directory would have {@link #place} bytes of names. */
        FULL
    }

    public static Verdict undone(Kind kind, int place) {
        return new Verdict(kind, place, 0, null, Snapshot.NOTHING);
    }
}
