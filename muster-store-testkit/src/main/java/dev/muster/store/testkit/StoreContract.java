package dev.muster.store.testkit;

import dev.muster.store.Session;
import dev.muster.store.Store;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The promises of the store contract, as tests. An engine's test class subclasses this and names the store:
 *
 * <pre>{@code
 * class FileStoreContractTest extends StoreContract {
 *     @TempDir Path folder;
 *
 *     @Override
 *     protected String url() {
 *         return "file://" + folder.resolve("store");
 *     }
 * }
 * }</pre>
 *
 * <p>Each test works in directories of its own under a random path and removes them, so that it may be run against a
 * store in use. What an engine does not promise is skipped, with the reason. Waits are scaled by {@link Patience}.
 */
@DisplayNameGeneration(Sentences.class)
@ExtendWith(PrintedSkips.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class StoreContract {

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
     * The way from a client to the store's server, for an engine that has one: {@code Link.of(url())} where the URL names
     * one host and port. The network between is then made to fail in every way.
     *
     * @return null where there is none, which skips those tests
     */
    protected @Nullable Link link() {
        return null;
    }

    @Nested
    @DisplayName("A commit applies whole, at a revision of its own, in one order")
    class Commits extends CommitPromises {
        Commits() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A commit applies only where all its guards hold")
    class Guards extends GuardPromises {
        Guards() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A watch tells every change in order and never ends stale")
    class Watches extends WatchPromises {
        Watches() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("No listener harms another, and a closed watch is silent")
    class Listeners extends ListenerPromises {
        Listeners() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("An entry has one owner, whose session must be alive")
    class Owners extends OwnerPromises {
        Owners() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A session owns entries, and its end removes them")
    class Sessions extends SessionPromises {
        Sessions() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("Revisions never go back")
    class Revisions extends RevisionPromises {
        Revisions() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("Limits and names are checked before anything is sent")
    class Limits extends LimitPromises {
        Limits() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("Concurrent clients see one order of whole commits")
    class Concurrency extends ConcurrencyPromises {
        Concurrency() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A commit of unknown outcome has one fate, and it stays")
    class Settling extends SettlePromises {
        Settling() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A store names the directories that hold an entry")
    class Directories extends DirectoriesPromises {
        Directories() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("Once a session has ended nothing that names it applies")
    class SessionEnds extends SessionEndPromises {
        SessionEnds() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("Processes see each other, and a dead one leaves nothing behind")
    class Processes extends ProcessPromises {
        Processes() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A store promises what it declares, and leaves nothing behind")
    class Traits extends TraitPromises {
        Traits() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A commit over a bad link has one fate, and who sent it is not told another")
    class LinkCommits extends LinkCommitPromises {
        LinkCommits() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A session outlives a short cut, and ends at both ends after a long one")
    class LinkSessions extends LinkSessionPromises {
        LinkSessions() {
            super(StoreContract.this);
        }
    }

    @Nested
    @DisplayName("A watch over a bad link never ends stale")
    class LinkWatches extends LinkWatchPromises {
        LinkWatches() {
            super(StoreContract.this);
        }
    }
}
