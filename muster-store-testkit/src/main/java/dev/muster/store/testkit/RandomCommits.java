package dev.muster.store.testkit;

import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import java.util.Random;

/** Draws commits on a handful of names, with guards that often hold and often do not. */
final class RandomCommits {

    private final Random random;
    private final String directory;

    RandomCommits(long seed, String directory) {
        this.random = new Random(seed);
        this.directory = directory;
    }

    /** Whether to list instead. */
    boolean drawsListing() {
        return random.nextInt(3) == 0;
    }

    /** @param known what the guards are drawn from, current or not */
    Commit.Builder next(Listing known) {
        Commit.Builder builder = Commit.in(directory);
        String name = "n" + random.nextInt(4);
        Entry seen = known.find(name).orElse(null);
        if (seen != null && random.nextBoolean()) {
            builder.guard(
                    random.nextBoolean()
                            ? new Guard.At(name, seen.modified())
                            : new Guard.Created(name, seen.created()));
        } else if (random.nextBoolean()) {
            builder.guard(seen == null ? new Guard.Absent(name) : new Guard.Present(name));
        }
        builder.change(change(name));
        if (random.nextInt(4) == 0) {
            builder.change(change("m" + random.nextInt(2)));
        }
        return builder;
    }

    private Change change(String name) {
        return random.nextInt(4) == 0
                ? new Change.Delete(name)
                : new Change.Put(name, Bytes.utf8("" + random.nextInt(1_000_000)), false);
    }
}
