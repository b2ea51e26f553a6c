package dev.muster.store;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** What this process knows of one commit: for engines, which move it. A commit is sent once, and settled for good. */
public final class CommitFate {

    private static final long UNSENT = 0;
    private static final long SENT = -1;
    private static final long NEVER = -2;

    /** One of the above, or the revision at which the commit was applied. */
    private final AtomicLong fate = new AtomicLong(UNSENT);

    CommitFate() {}

    /**
     * Marks the commit as sent.
     *
     * @throws InvalidArgument where it was before, or was settled unsent
     */
    public void send(Commit commit) {
        if (!fate.compareAndSet(UNSENT, SENT)) {
            throw new InvalidArgument("this commit on directory " + commit.directory()
                    + " was sent or settled before: build a new commit to try anew");
        }
    }

    public void applied(long revision) {
        finish(revision);
    }

    /** Not applied, and never will be. */
    public void never() {
        finish(NEVER);
    }

    /** The first final answer stays: whatever fails after a commit was applied must not deny it. */
    private void finish(long outcome) {
        long now = fate.get();
        while ((now == SENT || now == UNSENT) && !fate.compareAndSet(now, outcome)) {
            now = fate.get();
        }
    }

    /** Settles the commit as never applied if it was not sent yet, so that it cannot be any more. */
    public void forestall() {
        fate.compareAndSet(UNSENT, NEVER);
    }

    /** The final answer, where this process knows it; empty while the commit is under way or its reply was lost. */
    public Optional<Settlement> settlement() {
        long now = fate.get();
        if (now > 0) {
            return Optional.of(new Settlement.Applied(now));
        }
        return now == NEVER ? Optional.of(new Settlement.Never()) : Optional.empty();
    }
}
