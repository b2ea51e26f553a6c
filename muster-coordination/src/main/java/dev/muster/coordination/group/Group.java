package dev.muster.coordination.group;

import dev.muster.coordination.internal.Scope;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Cancellable;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.ConnectionException;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import dev.muster.store.WatchEvent;
import dev.muster.store.spi.SerialExecutor;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group of one name: members with capabilities. It is created, joined, left and deleted; a member leaves by itself
 * when its session ends. Thread-safe; cheap to make.
 */
public final class Group {

    /** The entry that exists as long as the group does; its revision moves with each joining. */
    static final String META = "meta";

    private static final Logger LOG = LoggerFactory.getLogger(Group.class);

    private final Scope scope;
    private final String name;
    private final String directory;
    private final Consumer<Membership> onRejoined;
    private final SerialExecutor rejoins;

    /** For the coordinator: {@code onRejoined} is told of memberships made anew after a lost session. */
    public Group(Scope scope, String name, Consumer<Membership> onRejoined) {
        this.scope = scope;
        this.name = name;
        this.onRejoined = onRejoined;
        this.rejoins = new SerialExecutor(scope.scheduler().executor());
        this.directory = scope.directory("groups", name);
    }

    /** The names of all groups that exist in a scope, sorted. */
    public static CompletableFuture<List<String>> names(Scope scope) {
        return scope.names("groups");
    }

    public String name() {
        return name;
    }

    /**
     * Creates the group.
     *
     * @throws GroupAlreadyExists where it is there
     */
    public void create() {
        scope.joinCommit(createAsync(), "create group " + name);
    }

    public CompletableFuture<Void> createAsync() {
        return scope.commits()
                .commit(
                        () -> Commit.in(directory)
                                .absent(META)
                                .put(META, Bytes.EMPTY)
                                .build(),
                        scope.deadline())
                .thenAccept(result -> {
                    if (!result.isApplied()) {
                        throw new GroupAlreadyExists("Group " + name + " already exists");
                    }
                });
    }

    /**
     * Deletes the group.
     *
     * @throws GroupNotFound where there is none
     * @throws GroupNotEmpty where it has members
     */
    public void delete() {
        scope.joinCommit(deleteAsync(), "delete group " + name);
    }

    public CompletableFuture<Void> deleteAsync() {
        long deadline = scope.deadline();
        return existing().thenCompose(listing -> {
            long members = members(listing).size();
            if (members > 0) {
                throw new GroupNotEmpty("Group " + name + " has " + members + " members: they must leave first");
            }
            long seen = listing.find(META).orElseThrow().modified();
            return scope.commits()
                    .commit(
                            () -> Commit.in(directory)
                                    .at(META, seen)
                                    .delete(META)
                                    .build(),
                            deadline)
                    .thenCompose(
                            result -> result.isApplied() ? CompletableFuture.completedFuture(null) : deleteAsync());
        });
    }

    /**
     * Joins with these capabilities.
     *
     * @throws GroupNotFound where there is no such group
     * @throws MemberAlreadyJoined where a member of this coordinator's id is in it, here or anywhere
     */
    public Membership join(Capabilities capabilities) {
        return scope.joinCommit(scope.standingBy(() -> joinAsync(capabilities)), "join group " + name);
    }

    public CompletableFuture<Membership> joinAsync(Capabilities capabilities) {
        return join(capabilities, false);
    }

    /** As {@link #join}, creating the group in the same commit where it is not there. */
    public Membership joinOrCreate(Capabilities capabilities) {
        return scope.joinCommit(scope.standingBy(() -> joinOrCreateAsync(capabilities)), "join group " + name);
    }

    public CompletableFuture<Membership> joinOrCreateAsync(Capabilities capabilities) {
        return join(capabilities, true);
    }

    private CompletableFuture<Membership> join(Capabilities capabilities, boolean create) {
        Session session;
        try {
            session = scope.session();
        } catch (SessionLostException lost) {
            return CompletableFuture.failedFuture(lost);
        }
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        String own = MemberEntry.name(scope.memberId());
        Bytes value = MemberEntry.encode(now, capabilities);
        Supplier<Commit> attempt = () -> {
            Commit.Builder builder = Commit.in(directory).as(session);
            if (!create) {
                builder.present(META);
            }
            return builder.absent(own)
                    .putOwned(own, value)
                    .put(META, Bytes.EMPTY)
                    .build();
        };
        return scope.commits().commit(attempt, scope.deadline()).handle((result, failure) -> {
            if (failure != null) {
                throw notJoined(own, Await.cause(failure));
            }
            if (result instanceof CommitResult.Applied applied) {
                return HeldMembership.begin(scope, session, this, directory, applied.revision(), now, capabilities);
            }
            Guard failed = ((CommitResult.Refused) result).guard();
            throw failed.name().equals(META) ? notFound() : alreadyJoined();
        });
    }

    /** A member that nobody holds a membership of would stand in its own way: where it may be there, it is removed. */
    private RuntimeException notJoined(String own, Throwable cause) {
        if (cause instanceof OutcomeUnknownException unknown) {
            scope.commits()
                    .undo(
                            unknown.commit(),
                            joined -> Commit.in(directory)
                                    .created(own, joined)
                                    .delete(own)
                                    .build());
        }
        return cause instanceof RuntimeException known ? known : new CompletionException(cause);
    }

    /** Tells the coordinator's user of a membership that was made again. */
    void rejoined(Membership membership) {
        rejoins.execute(() -> {
            try {
                onRejoined.accept(membership);
            } catch (Exception e) {
                LOG.warn("the listener for rejoining {} threw", this, e);
            }
        });
    }

    /** The members in the order in which they joined. Throws {@link GroupNotFound} where there is no such group. */
    public List<Member> members() {
        return scope.join(membersAsync(), "list the members of group " + name);
    }

    public CompletableFuture<List<Member>> membersAsync() {
        return existing().thenApply(Group::members);
    }

    /** The ids of the members, with what each can do. Throws {@link GroupNotFound} where there is no such group. */
    public Map<String, Capabilities> membersWithCapabilities() {
        Map<String, Capabilities> all = new LinkedHashMap<>();
        members().forEach(member -> all.put(member.id(), member.capabilities()));
        return all;
    }

    /**
     * One member.
     *
     * @throws GroupNotFound where there is no such group
     * @throws MemberNotJoined where it has no such member
     */
    public Member member(String id) {
        return findMember(id).orElseThrow(() -> notJoined(id));
    }

    /** One member, or empty. Throws {@link GroupNotFound} where there is no such group. */
    public Optional<Member> findMember(String id) {
        return find(members(), id);
    }

    private static Optional<Member> find(List<Member> members, String id) {
        return members.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    private MemberNotJoined notJoined(String id) {
        return new MemberNotJoined("Member " + id + " has not joined group " + name);
    }

    /** Whether the group exists. */
    public boolean exists() {
        return scope.join(
                scope.store()
                        .list(directory)
                        .thenApply(listing -> listing.find(META).isPresent()),
                "look for group " + name);
    }

    /**
     * Removes a member, whoever it is: its membership learns that it was taken away.
     *
     * @throws MemberNotJoined where it has no such member
     */
    public void expel(String id) {
        scope.joinCommit(expelAsync(id), "expel member " + id + " from group " + name);
    }

    /** The asynchronous form of {@link #expel}. */
    public CompletableFuture<Void> expelAsync(String id) {
        long deadline = scope.deadline();
        String entry = MemberEntry.name(id);
        return membersAsync().thenCompose(members -> {
            Member member = find(members, id).orElseThrow(() -> notJoined(id));
            return scope.commits()
                    .commit(
                            () -> Commit.in(directory)
                                    .created(entry, member.incarnation())
                                    .delete(entry)
                                    .build(),
                            deadline)
                    .thenAccept(result -> {});
        });
    }

    /**
     * Calls the listener at each event after the moment when this returns. Calls are serial, on the store's executor. The
     * members that are there do not count as news.
     *
     * @throws GroupNotFound where there is no such group: nothing is watched then
     */
    public Cancellable watch(Consumer<GroupEvent> listener) {
        return scope.joinOrGiveBack(watchAsync(listener), "watch group " + name, Cancellable::cancel);
    }

    /** The asynchronous form of {@link #watch}: completes once the store watches, so that no later event is missed. */
    public CompletableFuture<Cancellable> watchAsync(Consumer<GroupEvent> listener) {
        return existing().thenCompose(listing -> {
            GroupFollower follower = new GroupFollower(name, listener);
            follower.onEvent(new WatchEvent.Listed(listing, false));
            CompletableFuture<Void> begun = new CompletableFuture<>();
            Cancellable following = scope.followers().follow(directory, event -> {
                follower.onEvent(event);
                begun.complete(null);
            });
            if (scope.isClosed()) {
                begun.completeExceptionally(new ConnectionException(
                        "The coordinator of member " + scope.memberId() + " is closed: nothing can be watched"));
            }
            return begun.thenApply(done -> following);
        });
    }

    /**
     * Tells the members: all that are there now, and all again after each change; none while the group does not exist.
     * Calls are serial, on the store's executor. Changes close together may be told as one.
     */
    public Cancellable observe(Consumer<List<Member>> observer) {
        boolean[] changed = {true};
        GroupFollower follower = new GroupFollower(name, event -> changed[0] = true);
        return scope.followers().follow(directory, event -> {
            follower.onEvent(event);
            if (changed[0]) {
                changed[0] = false;
                observer.accept(follower.members());
            }
        });
    }

    private CompletableFuture<Listing> existing() {
        return scope.store().list(directory).thenApply(listing -> {
            if (listing.find(META).isEmpty()) {
                throw notFound();
            }
            return listing;
        });
    }

    private static List<Member> members(Listing listing) {
        return listing.entries().stream()
                .filter((Entry entry) -> MemberEntry.isMember(entry.name()))
                .map(MemberEntry::decode)
                .toList();
    }

    private GroupNotFound notFound() {
        return new GroupNotFound("Group " + name + " does not exist: create it, or use joinOrCreate");
    }

    private MemberAlreadyJoined alreadyJoined() {
        return new MemberAlreadyJoined("Member " + scope.memberId() + " has already joined group " + name
                + ": each coordinator needs an id of its own");
    }

    @Override
    public String toString() {
        return "group " + name;
    }
}
