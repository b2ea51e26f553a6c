package dev.muster.coordination.group;

import dev.muster.coordination.internal.Lasting;
import dev.muster.coordination.internal.Owned;
import dev.muster.coordination.internal.Scope;
import dev.muster.coordination.ownership.Loss;
import dev.muster.coordination.ownership.Release;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The member's own entry in the group's directory. */
final class HeldMembership extends Owned implements Membership, Lasting {

    private static final Logger LOG = LoggerFactory.getLogger(HeldMembership.class);
    private static final Duration REJOIN = Duration.ofMillis(200);

    private final Group group;
    private final Instant joinedAt;

    /** Whether this is to be made again where the session is lost. */
    private final AtomicBoolean wanted = new AtomicBoolean(true);

    private final AtomicReference<@Nullable Session> rejoiningIn = new AtomicReference<>();
    private volatile Capabilities capabilities;
    private CompletableFuture<Void> updating = CompletableFuture.completedFuture(null);

    private HeldMembership(
            Scope scope,
            Session session,
            Group group,
            String directory,
            long created,
            Instant joinedAt,
            Capabilities capabilities) {
        super(scope, session, directory, MemberEntry.name(scope.memberId()), created);
        this.group = group;
        this.joinedAt = joinedAt;
        this.capabilities = capabilities;
    }

    static HeldMembership begin(
            Scope scope,
            Session session,
            Group group,
            String directory,
            long created,
            Instant joinedAt,
            Capabilities capabilities) {
        HeldMembership membership =
                new HeldMembership(scope, session, group, directory, created, joinedAt, capabilities);
        membership.begin();
        scope.keep(membership, session);
        return membership;
    }

    @Override
    public String group() {
        return group.name();
    }

    @Override
    public String memberId() {
        return scope.memberId();
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public void update(Capabilities next) {
        update(now -> next);
    }

    @Override
    public void update(UnaryOperator<Capabilities> change) {
        scope.joinCommit(updateAsync(change), "update the capabilities in " + group);
    }

    @Override
    public synchronized CompletableFuture<Void> updateAsync(UnaryOperator<Capabilities> change) {
        CompletableFuture<Void> before = updating.exceptionally(failed -> null);
        // What comes after another must not run on the engine's thread on which that one ends: the change is the
        // user's.
        CompletableFuture<Void> next = before.isDone()
                ? before.thenCompose(ready -> put(change))
                : before.thenComposeAsync(
                        ready -> put(change), scope.scheduler().executor());
        updating = next;
        return next;
    }

    private CompletableFuture<Void> put(UnaryOperator<Capabilities> change) {
        Capabilities next = change.apply(capabilities);
        Bytes value = MemberEntry.encode(joinedAt, next);
        return scope.commits()
                .commit(
                        () -> Commit.in(directory)
                                .as(session())
                                .created(entry, created())
                                .put(entry, value)
                                .build(),
                        scope.deadline())
                .thenAccept(result -> {
                    if (!result.isApplied()) {
                        throw new MemberNotJoined(
                                "Member " + memberId() + " is no longer in " + group + " as this incarnation");
                    }
                    capabilities = next;
                });
    }

    /** In a new session this membership stays ended, and another is made in its place. */
    @Override
    public void enter(Session next) {
        if (rejoiningIn.getAndSet(next) != next) {
            rejoin(next);
        }
    }

    /** Tries until it works: the old incarnation may still be there, or somebody else of this id. */
    private void rejoin(Session next) {
        if (wanted.get() && rejoiningIn.get() == next && !next.state().isFinal()) {
            group.joinOrCreateAsync(capabilities)
                    .whenComplete((membership, failure) -> rejoined(next, membership, failure));
        }
    }

    private void rejoined(Session next, @Nullable Membership membership, @Nullable Throwable failure) {
        if (membership == null) {
            LOG.info("{} is not made again yet: {}", this, String.valueOf(failure));
            scope.scheduler().after(REJOIN, () -> rejoin(next));
        } else if (wanted.getAndSet(false)) {
            scope.forget(this);
            group.rejoined(membership);
        } else {
            membership.releaseAsync();
        }
    }

    /** Leaves the group; where the membership was lost and is about to be made again, it is not. */
    @Override
    public CompletableFuture<Release> releaseAsync() {
        notWanted();
        return super.releaseAsync();
    }

    private void notWanted() {
        wanted.set(false);
        scope.forget(this);
    }

    @Override
    protected void onEnd(@Nullable Loss loss) {
        if (loss != Loss.SESSION_LOST) {
            notWanted();
        }
    }

    @Override
    protected String what() {
        return "membership of " + memberId() + " in " + group;
    }

    @Override
    public String toString() {
        return what() + (isValid() ? "" : " (ended)");
    }
}
