package dev.muster.coordination.partition;

import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.Member;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.internal.Scope;
import dev.muster.store.Cancellable;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares keys out among the members of a group by their weights: each member works out the owner of a key for itself,
 * and all that know the same members name the same. Being a member of the group is part of it. Members learn of changes
 * at different moments, so for a moment two may think that they own a key: what must not be done twice needs a lock, an
 * election or a fencing token on top. Thread-safe; look-ups do no I/O.
 */
public final class Partitioner implements AutoCloseable {

    /** The capability that holds a member's weight. A member without a whole number there weighs 1. */
    public static final String WEIGHT = "weight";

    private static final Logger LOG = LoggerFactory.getLogger(Partitioner.class);

    private final String memberId;
    private final List<Consumer<HashRing>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();
    private volatile HashRing ring;
    private volatile @Nullable Membership membership;
    private volatile @Nullable Cancellable observing;

    private Partitioner(Scope scope, HashRing ring) {
        this.memberId = scope.memberId();
        this.ring = ring;
    }

    /**
     * Joins the group, creating it where it is not there. Completes when the ring has this member on it. Fails as
     * {@link Group#joinOrCreate} does.
     */
    public static CompletableFuture<Partitioner> join(Scope scope, String groupName, PartitionOptions options) {
        Partitioner partitioner = new Partitioner(scope, options.ring());
        Group group = new Group(scope, groupName, partitioner::joined);
        return group.joinOrCreateAsync(Capabilities.of(Map.of(WEIGHT, options.weight())))
                .thenCompose(membership -> {
                    partitioner.joined(membership);
                    partitioner.observing = group.observe(partitioner::onMembers);
                    return partitioner.complete.thenApply(done -> partitioner);
                });
    }

    /** Told on several threads, so that the news of an older one may come later. */
    private synchronized void joined(Membership next) {
        Membership present = membership;
        if (present == null || next.token().compareTo(present.token()) > 0) {
            membership = next;
        }
    }

    private void onMembers(List<Member> members) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        members.forEach(member -> weights.put(member.id(), weight(member.capabilities())));
        HashRing before = ring;
        HashRing now = before.withNodes(weights);
        if (!now.equals(before)) {
            ring = now;
            listeners.forEach(listener -> tell(listener, now));
        }
        if (weights.containsKey(memberId)) {
            complete.complete(null);
        }
    }

    private static int weight(Capabilities capabilities) {
        return capabilities.get(WEIGHT).orElse(1L) instanceof Long weight
                ? (int) Math.max(0, Math.min(weight, Integer.MAX_VALUE))
                : 1;
    }

    private static void tell(Consumer<HashRing> listener, HashRing ring) {
        try {
            listener.accept(ring);
        } catch (Exception e) {
            LOG.warn("a listener for a changed ring threw; the others are still told", e);
        }
    }

    /** The ring as of the last change of members that was seen. */
    public HashRing ring() {
        return ring;
    }

    /** The present membership; after a rejoin it is another. */
    public Membership membership() {
        Membership present = membership;
        if (present == null) {
            throw new IllegalStateException("a partitioner is handed out only once it has joined");
        }
        return present;
    }

    /** The members for a key, the owner first, then those next in line: as many distinct ones as there are, at most. */
    public List<String> ownersOf(byte[] key, int replicas, Collection<String> ignoring) {
        return ring.owners(key, replicas, ignoring);
    }

    /** As {@link #ownersOf(byte[], int, Collection)} for the UTF-8 bytes of a key, ignoring none. */
    public List<String> ownersOf(String key, int replicas) {
        return ownersOf(bytes(key), replicas, Set.of());
    }

    /** Whether this member owns the key, as far as it knows; false once its membership is no longer valid. */
    public boolean belongsToSelf(String key) {
        return membership().isValid() && belongsTo(memberId, key);
    }

    /** Whether the member owns the key. */
    public boolean belongsTo(String member, String key) {
        return ring.owner(bytes(key)).filter(member::equals).isPresent();
    }

    /** Calls the listener with the ring after each change. Calls are serial, on the store's executor. */
    public Cancellable onChange(Consumer<HashRing> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    /** Leaves the group and follows it no more. Idempotent; never throws. */
    @Override
    public void close() {
        Cancellable running = observing;
        if (running != null) {
            running.cancel();
        }
        membership().close();
    }
}
