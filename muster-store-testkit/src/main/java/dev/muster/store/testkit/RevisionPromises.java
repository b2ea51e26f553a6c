package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Commit;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.Store;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A lock's fencing token is a revision: nothing may make it go back. */
abstract class RevisionPromises extends Promises {

    RevisionPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void theyGrowOverEmptyingAndMakingADirectoryAgain() {
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            revisions.add(apply(in().put("a", text("1"))));
            revisions.add(list().revision());
            revisions.add(apply(in().delete("a")));
            Listing empty = list();
            assertThat(empty.entries()).isEmpty();
            revisions.add(empty.revision());
        }
        assertThat(revisions).isSorted();
    }

    @Test
    void theyGrowOverTheEndOfASessionThatLeavesADirectoryEmpty() {
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Session session = session();
            Commit.Builder acquire = in().as(session);
            acquire.appendOwned("lock-", text("1"));
            revisions.add(apply(acquire));
            session.close();
            revisions.add(list().revision());
        }
        assertThat(revisions).isSorted();
        assertThat(apply(in().put("a", text("1")))).isGreaterThan(revisions.get(revisions.size() - 1));
    }

    @Test
    void theyGrowOverClosingAndOpeningTheStore() {
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            for (int commits = 0; commits < 100; commits++) {
                revisions.add(apply(in().put("a", text("1"))));
            }
            revisions.add(apply(in().delete("a")));
            store.close();
            store = open();
        }
        assertThat(revisions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void theyGrowFromOneClientToAnother() {
        Store other = open();
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            revisions.add(apply(i % 2 == 0 ? store : other, in().put("a", text("1"))));
        }
        assertThat(revisions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aListingIsNotOlderThanWhatItShowsNorThanTheCommitsBeforeIt() {
        for (int i = 0; i < 20; i++) {
            long revision = apply(i % 4 == 3 ? in().delete("n" + (i - 1)) : in().put("n" + i, text("1")));
            Listing listing = list();
            assertThat(listing.revision()).isGreaterThanOrEqualTo(revision);
            assertThat(listing.entries())
                    .allMatch(entry -> entry.created() <= entry.modified() && entry.modified() <= listing.revision());
        }
    }

    @Test
    void theyArePositive() {
        assertThat(apply(in())).isPositive();
    }
}
