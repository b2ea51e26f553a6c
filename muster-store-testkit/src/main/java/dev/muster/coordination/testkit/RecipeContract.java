package dev.muster.coordination.testkit;

import dev.muster.store.Session;
import dev.muster.store.Store;
import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.Sentences;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * The promises of all recipes, as tests of one engine. An engine's test class subclasses this and names the store, as it
 * does for {@link dev.muster.store.testkit.StoreContract}:
 *
 * <pre>{@code
 * class FileRecipeContractTest extends RecipeContract {
 *     @TempDir Path folder;
 *
 *     @Override
 *     protected String url() {
 *         return "file://" + folder.resolve("store");
 *     }
 * }
 * }</pre>
 *
 * <p>Each test works under a random namespace of its own and removes what it wrote, so that it may be run against a store
 * in use. What an engine does not promise is skipped, with the reason. Waits are scaled by
 * {@link dev.muster.store.testkit.Patience}.
 */
@DisplayNameGeneration(Sentences.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class RecipeContract {

    /** The store under test: the same throughout one test, for child processes too. */
    protected abstract String url();

    /** A client of the store: each call another one. Closed by who asked. */
    protected Store open() {
        return Store.open(url());
    }

    /**
     * Ends a session as the engine would end that of a dead process, without a word to the client.
     *
     * @return whether the engine can do that; false skips the tests that need it
     */
    protected boolean expire(Store store, Session session) {
        return false;
    }

    /**
     * An address of the engine where no server listens, for engines that have servers; empty skips its test. By default the
     * port of a privileged service that nobody runs, where the URL names hosts and ports.
     */
    protected String unreachableUrl() {
        return Link.isNamedBy(url()) ? Link.of(url()).urlAt().apply("127.0.0.1:1") : "";
    }

    @Nested
    @DisplayName("A lock is held by one at a time, and by whoever holds the handle")
    class Locks extends LockPromises {
        Locks() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Who waits for a lock is served in order, and may stop waiting")
    class LockQueues extends LockQueuePromises {
        LockQueues() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Acquiring takes no longer than it is allowed")
    class LockTiming extends LockTimingPromises {
        LockTiming() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A lock may be shared, and those who want it alone are not starved")
    class SharedLocks extends SharedLockPromises {
        SharedLocks() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A lock that is lost is known to be lost")
    class LockLosses extends LockLossPromises {
        LockLosses() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Holders exclude each other, and tokens keep late writers out")
    class LockExclusion extends LockExclusionPromises {
        LockExclusion() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Several locks are taken together or not at all")
    class MultiLocks extends MultiLockPromises {
        MultiLocks() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A group is created, joined, left and deleted")
    class Groups extends GroupPromises {
        Groups() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Members tell of themselves, and others read it")
    class MemberCapabilities extends CapabilityPromises {
        MemberCapabilities() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Who watches a group is told every coming and going")
    class GroupWatches extends GroupWatchPromises {
        GroupWatches() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A member whose session is lost comes back as another incarnation, or not at all")
    class Rejoining extends RejoinPromises {
        Rejoining() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Candidates lead one after another")
    class Elections extends ElectionPromises {
        Elections() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A leader knows that it leads, hands over, and writes only while it does")
    class Leaderships extends LeadershipPromises {
        Leaderships() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A coordinator starts, says what is wrong, and starts again")
    class Coordinators extends CoordinatorPromises {
        Coordinators() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A coordinator that is closed leaves nothing behind")
    class Closing extends ClosingPromises {
        Closing() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("A lost request or reply is made up for, and leaves nothing behind")
    class LostReplies extends LostReplyPromises {
        LostReplies() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Keys are shared out among members, and all know the same owners")
    class Partitions extends PartitionPromises {
        Partitions() {
            super(RecipeContract.this);
        }
    }

    @Nested
    @DisplayName("Members in processes of their own coordinate, and a killed one leaves nothing behind")
    class MemberProcesses extends MemberProcessPromises {
        MemberProcesses() {
            super(RecipeContract.this);
        }
    }
}
