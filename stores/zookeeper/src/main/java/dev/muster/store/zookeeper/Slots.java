package dev.muster.store.zookeeper;

import dev.muster.store.Nonce;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;

/**
 * What makes the fate of a commit known. A commit sets the data of a slot to its nonce, at the version that the slot had,
 * together with its changes. No two commits under way share a slot. So the slot's node tells whether the commit applied,
 * and at which zxid; and whoever sets the slot before it keeps it from ever applying, however late it arrives and through
 * whichever session. Slots outlive sessions: they go when their client closes, or by a {@link Sweep} after it was killed.
 */
final class Slots {

    /** How many are made at once when a store is opened. */
    private static final int FIRST = 4;

    /** One slot. Used by one commit at a time. */
    static final class Slot {
        private final String path;
        private final AtomicInteger version = new AtomicInteger();

        private Slot(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }

        /** The version that its node has while no commit has applied that uses it. */
        int version() {
            return version.get();
        }

        /** Its one commit has applied. */
        void moved() {
            version.incrementAndGet();
        }
    }

    private final Layout layout;
    private final Settings settings;
    private final Consumer<Handle> onStoreGone;
    private final String client = Nonce.next().toString();
    private final AtomicInteger count = new AtomicInteger();
    private final Deque<Slot> free = new ArrayDeque<>();
    private @Nullable Handle shownBy;

    /** @param onStoreGone told of a session behind which nothing of a store is left */
    Slots(Settings settings, Consumer<Handle> onStoreGone) {
        this.settings = settings;
        this.onStoreGone = onStoreGone;
        this.layout = settings.layout();
    }

    String clientNode() {
        return layout.clients() + '/' + client;
    }

    private Op creation(String path, CreateMode mode) {
        return Op.create(path, new byte[0], settings.acl(), mode);
    }

    /** Shows this client to others, for as long as a session lasts: once each. */
    CompletableFuture<Void> show(Handle handle) {
        synchronized (this) {
            if (shownBy == handle) {
                return CompletableFuture.completedFuture(null);
            }
            shownBy = handle;
        }
        String node = layout.alive() + '/' + client;
        Op creation = creation(node, CreateMode.EPHEMERAL);
        return handle.write(List.of(creation))
                .thenCompose(reply -> reply.code() == Code.NODEEXISTS
                        // Of the session before, which may end any moment.
                        ? handle.write(List.of(Op.delete(node, -1), creation))
                        : CompletableFuture.completedFuture(reply))
                .thenAccept(reply -> {
                    if (reply.code() != Code.OK) {
                        synchronized (this) {
                            shownBy = null;
                        }
                        throw Failures.reading(reply.code());
                    }
                    // Whoever took it for gone has marked it.
                    handle.write(List.of(Op.setData(clientNode(), new byte[0], -1)));
                });
    }

    /** The servers lost their data. */
    void forget() {
        synchronized (free) {
            free.clear();
        }
    }

    /** Makes the first ones. */
    CompletableFuture<Void> prepare(Handle handle) {
        List<Op> ops = new ArrayList<>(List.of(creation(clientNode(), CreateMode.PERSISTENT)));
        List<Slot> made = new ArrayList<>();
        for (int i = 0; i < FIRST; i++) {
            Slot slot = next();
            made.add(slot);
            ops.add(creation(slot.path(), CreateMode.PERSISTENT));
        }
        return handle.write(ops).thenAccept(reply -> {
            if (reply.code() != Code.OK) {
                throw Failures.reading(reply.code());
            }
            made.forEach(this::giveBack);
        });
    }

    private Slot next() {
        return new Slot(clientNode() + '/' + count.getAndIncrement());
    }

    /** A free one, or null. */
    @Nullable
    Slot poll() {
        synchronized (free) {
            return free.pollFirst();
        }
    }

    /** Makes one more. */
    CompletableFuture<Slot> make(Handle handle) {
        Slot slot = next();
        return handle.write(List.of(creation(slot.path(), CreateMode.PERSISTENT)))
                .thenCompose(reply -> {
                    if (reply.code() == Code.OK) {
                        return CompletableFuture.completedFuture(slot);
                    }
                    if (reply.code() != Code.NONODE) {
                        throw Failures.reading(reply.code());
                    }
                    // The store was made anew, or somebody removed this client's node.
                    return handle.write(List.of(creation(clientNode(), CreateMode.PERSISTENT)))
                            .thenCompose(again -> {
                                if (again.code() == Code.NONODE) {
                                    onStoreGone.accept(handle);
                                    throw Failures.storeGone(settings.toString());
                                }
                                if (again.code() != Code.OK && again.code() != Code.NODEEXISTS) {
                                    throw Failures.reading(again.code());
                                }
                                return make(handle);
                            });
                });
    }

    /** For the next commit: nothing that was sent may use it any more. */
    void giveBack(Slot slot) {
        synchronized (free) {
            free.addFirst(slot);
        }
    }

    /** The nodes to remove when the client closes. */
    List<Op> removal() {
        List<Op> ops = new ArrayList<>();
        synchronized (free) {
            free.forEach(slot -> ops.add(Op.delete(slot.path(), -1)));
        }
        ops.add(Op.delete(clientNode(), -1));
        return ops;
    }
}
