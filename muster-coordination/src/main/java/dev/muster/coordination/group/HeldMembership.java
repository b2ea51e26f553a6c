package dev.muster.coordination.group;

import dev.muster.coordination.internal.Lasting;
import dev.muster.coordination.internal.Owned;
import dev.muster.coordination.internal.Scope;
import dev.muster.coordination.ownership.Loss;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Session;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The member's own entry in the group's directory. */
final class HeldMembership extends Owned implements Membership, Lasting {

    private final Group group;
    private final Instant joinedAt;
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
        scope.keep(membership);
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
        scope.join(updateAsync(change), "update the capabilities in " + group);
    }

    @Override
    public synchronized CompletableFuture<Void> updateAsync(UnaryOperator<Capabilities> change) {
        CompletableFuture<Void> next = updating.exceptionally(failed -> null).thenCompose(ready -> put(change));
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
        scope.forget(this);
        group.rejoin(capabilities, next);
    }

    @Override
    protected void onEnd(@Nullable Loss loss) {
        if (loss != Loss.SESSION_LOST) {
            scope.forget(this);
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
