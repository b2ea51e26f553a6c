package dev.muster.coordination.testkit;

import dev.muster.store.Bytes;
import dev.muster.store.Cancellable;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Guard;
import dev.muster.store.Session;
import dev.muster.store.SessionListener;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import dev.muster.store.spi.SessionLifecycle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A client of a memory store with a fault planted in it. */
final class FaultyStore extends ForwardingStore {

    private static final Duration LATE = Duration.ofMillis(400);

    final Store store;
    private final PlantedFault fault;

    FaultyStore(Store store, PlantedFault fault) {
        super(store);
        this.store = store;
        this.fault = fault;
    }

    @Override
    public CompletableFuture<Session> openSession(SessionOptions options) {
        CompletableFuture<Session> opened = super.openSession(options);
        return fault == PlantedFault.KEEPS_WHAT_AN_ENDED_SESSION_OWNED ? opened.thenApply(Undying::new) : opened;
    }

    @Override
    public CompletableFuture<CommitResult> commit(Commit commit) {
        return switch (fault) {
            case IGNORES_WHO_IS_MEANT, IGNORES_WHO_LEADS ->
                super.commit(keeping(commit, guard -> guard instanceof Guard.Absent || guard instanceof Guard.Present));
            case IGNORES_WHO_IS_THERE -> super.commit(keeping(commit, guard -> !(guard instanceof Guard.Absent)));
            case FORGETS_WHAT_IT_HELD -> super.commit(emptied(commit));
            case SHOWS_ONES_OWN_REQUEST_ALONE, SHOWS_ONES_OWN_REQUEST_ALONE_TO_ALL ->
                super.commit(commit).thenApply(result -> alone(commit, result));
            default -> super.commit(commit);
        };
    }

    private static Commit keeping(Commit commit, Predicate<Guard> kept) {
        return rebuilt(commit, commit.guards().stream().filter(kept).toList(), commit.changes());
    }

    private static Commit emptied(Commit commit) {
        return rebuilt(
                commit,
                commit.guards(),
                commit.changes().stream()
                        .map(change ->
                                change instanceof Change.Put put && put.name().startsWith("m.")
                                        ? new Change.Put(put.name(), Bytes.EMPTY, put.owned())
                                        : change)
                        .toList());
    }

    private static Commit rebuilt(Commit commit, List<Guard> guards, List<Change> changes) {
        Commit.Builder builder = Commit.in(commit.directory());
        commit.session().ifPresent(id -> builder.as(new Named(id)));
        guards.forEach(builder::guard);
        changes.forEach(builder::change);
        return builder.build(commit.reply());
    }

    private static CommitResult alone(Commit commit, CommitResult result) {
        return result instanceof CommitResult.Applied applied && commit.reply() == Commit.Reply.NAMES
                ? new CommitResult.Applied(
                        applied.revision(),
                        CommitResult.Snapshot.of(
                                applied.revision(),
                                List.of(commit.changes().get(0).name())))
                : result;
    }

    @Override
    public Watch watch(String directory, WatchOptions options, WatchListener listener) {
        return switch (fault) {
            case TELLS_NO_REMOVAL, TELLS_NO_REMOVAL_OF_A_MEMBER, TELLS_NO_REMOVAL_OF_A_LEADER ->
                super.watch(directory, options, event -> {
                    if (!(event instanceof WatchEvent.Changed changed)
                            || changed.removals().isEmpty()) {
                        listener.onEvent(event);
                    }
                });
            case TELLS_ALL_TWICE ->
                super.watch(directory, options, event -> {
                    listener.onEvent(event);
                    if (event instanceof WatchEvent.Changed changed) {
                        listener.onEvent(new WatchEvent.Changed(changed.revision() + 1, List.of(), again(changed)));
                        listener.onEvent(new WatchEvent.Changed(changed.revision() + 2, changed.puts(), List.of()));
                    }
                });
            case TELLS_LATE ->
                super.watch(directory, options, event -> scheduler().after(LATE, () -> listener.onEvent(event)));
            default -> super.watch(directory, options, listener);
        };
    }

    private static List<WatchEvent.Removal> again(WatchEvent.Changed changed) {
        return changed.puts().stream()
                .map(put -> new WatchEvent.Removal(put.name(), put.created()))
                .toList();
    }

    @Override
    public CompletableFuture<List<String>> directories(String prefix) {
        return fault == PlantedFault.LISTS_MORE_THAN_WAS_ASKED && prefix.endsWith("/groups/")
                ? super.directories(prefix.replace("/groups/", "/"))
                : super.directories(prefix);
    }

    /** A session that says it ended and leaves all that it owns. */
    private final class Undying extends ForwardingSession {

        private final SessionLifecycle lifecycle;

        Undying(Session session) {
            super(session);
            lifecycle = new SessionLifecycle(session.id(), scheduler().executor());
        }

        @Override
        public State state() {
            return lifecycle.state();
        }

        @Override
        public Cancellable listen(SessionListener listener) {
            return lifecycle.listen(listener);
        }

        @Override
        public CompletableFuture<Void> closeAsync() {
            lifecycle.move(State.CLOSED);
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Stands for the session of this id in a commit that is built anew. */
    private static final class Named extends ForwardingSession {

        private final String id;

        @SuppressWarnings("NullAway")
        Named(String id) {
            super(null);
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }
    }
}
