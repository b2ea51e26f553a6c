package dev.muster.coordination.election;

import dev.muster.coordination.internal.Scope;
import dev.muster.store.Cancellable;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.spi.DirectoryState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An election of one name. Candidates queue; the oldest leads, until it resigns, hands over, or its session ends. Each
 * term has a token greater than those before. A candidate need not be a member of any group. Thread-safe.
 */
public final class Election {

    private final Scope scope;
    private final String name;
    private final String directory;

    public Election(Scope scope, String name) {
        this.scope = scope;
        this.name = name;
        this.directory = scope.directory("elections", name);
    }

    /** The names of all elections in a scope that have a candidate, sorted. */
    public static CompletableFuture<List<String>> names(Scope scope) {
        return scope.names("elections");
    }

    public String name() {
        return name;
    }

    /** The store's directory that holds candidates and term: a leader's own state may be kept there too. */
    public String directory() {
        return directory;
    }

    /**
     * Stands for election.
     *
     * @param onElected called at each term that is won, on the store's executor, one call at a time
     * @throws dev.muster.store.SessionLostException where the coordinator has no session
     */
    public Candidacy run(Consumer<Leadership> onElected) {
        Candidacy candidacy = new Candidacy(scope, name, directory, onElected);
        candidacy.begin(scope.session());
        return candidacy;
    }

    /** Who leads now, read from the store. */
    public Optional<Leader> leader() {
        return scope.join(leaderAsync(), "read the leader of election " + name);
    }

    public CompletableFuture<Optional<Leader>> leaderAsync() {
        return scope.store().list(directory).thenApply(listing -> {
            DirectoryState state = new DirectoryState();
            state.follow(new WatchEvent.Listed(listing, false));
            return Term.leader(state);
        });
    }

    /** Tells who leads: now, and at each change; empty while nobody does. Calls are serial, on the store's executor. */
    public Cancellable observe(Consumer<Optional<Leader>> observer) {
        DirectoryState state = new DirectoryState();
        return scope.followers().follow(directory, new WatchListener() {
            private Optional<Leader> told = Optional.empty();
            private boolean first = true;

            @Override
            public void onEvent(WatchEvent event) {
                state.follow(event);
                Optional<Leader> now = Term.leader(state);
                if (first || !now.equals(told)) {
                    first = false;
                    told = now;
                    observer.accept(now);
                }
            }
        });
    }

    @Override
    public String toString() {
        return "election " + name;
    }
}
