package dev.muster.store.zookeeper;

import dev.muster.store.Cancellable;
import dev.muster.store.Scheduler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the slots of clients that were killed. Whoever sees one that is not there marks it; a mark that has stood for
 * the time of grace by the servers' clock, whoever made it, is the end of what it is on. A client that comes back takes the
 * mark away. So clients that are out of reach for less than that can still find out what became of their commits.
 */
final class Sweep {

    static final Duration GRACE = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final byte[] MARK = "gone".getBytes(StandardCharsets.US_ASCII);

    /** What is found beyond that is for the next time. */
    private static final int MOST = 100;

    private final Line line;
    private final Settings settings;
    private final Layout layout;
    private final Slots own;
    private final Scheduler scheduler;
    private final long grace;
    private volatile boolean closed;
    private volatile Cancellable next = () -> {};

    Sweep(Line line, Settings settings, Slots own, Scheduler scheduler, Duration grace) {
        this.line = line;
        this.settings = settings;
        this.layout = settings.layout();
        this.own = own;
        this.scheduler = scheduler;
        this.grace = grace.toMillis();
    }

    /** Looks now, and then each time of grace, until it is closed. */
    void begin() {
        if (closed) {
            return;
        }
        Handle handle = line.current();
        if (handle.isConnected()) {
            look(handle).exceptionally(failure -> {
                LOG.debug("looking for what killed clients left; the next time comes", failure);
                return null;
            });
        }
        long pause = grace + ThreadLocalRandom.current().nextLong(grace / 2 + 1);
        next = scheduler.after(Duration.ofMillis(pause), this::begin);
    }

    void close() {
        closed = true;
        next.cancel();
    }

    /** Marks and removes once. */
    CompletableFuture<Void> look(Handle handle) {
        return handle.read(List.of(Op.getChildren(layout.clients()), Op.getChildren(layout.alive())))
                .thenCompose(reply -> {
                    Set<String> gone = new HashSet<>(children(reply, 0));
                    gone.removeAll(children(reply, 1));
                    List<String> nodes = gone.stream()
                            .map(client -> layout.clients() + '/' + client)
                            .filter(node -> !node.equals(own.clientNode()))
                            .limit(MOST)
                            .toList();
                    return nodes.isEmpty()
                            ? CompletableFuture.completedFuture(null)
                            : now(handle).thenCompose(now -> look(handle, nodes, now));
                });
    }

    private static List<String> children(Handle.Reply reply, int index) {
        return reply.results().get(index) instanceof OpResult.GetChildrenResult found ? found.getChildren() : List.of();
    }

    /** The servers' clock, in milliseconds. */
    private CompletableFuture<Long> now(Handle handle) {
        return handle.write(List.of(Op.setData(own.clientNode(), new byte[0], -1)))
                .thenApply(reply -> {
                    if (!reply.results().isEmpty() && reply.results().get(0) instanceof OpResult.SetDataResult set) {
                        return set.getStat().getMtime();
                    }
                    throw Failures.reading(reply.code());
                });
    }

    private CompletableFuture<Void> look(Handle handle, List<String> nodes, long now) {
        return handle.read(nodes.stream().map(Op::getData).toList()).thenCompose(reply -> {
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i++) {
                if (reply.results().get(i) instanceof OpResult.GetDataResult node) {
                    int version = node.getStat().getVersion();
                    if (!Arrays.equals(node.getData(), MARK)) {
                        all.add(handle.write(List.of(Op.setData(nodes.get(i), MARK, version))));
                    } else if (now - node.getStat().getMtime() >= grace) {
                        all.add(remove(handle, nodes.get(i), version));
                    }
                }
            }
            return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
        });
    }

    /** All or nothing: nothing, where the client has come back or another sweeps too. */
    private CompletableFuture<?> remove(Handle handle, String node, int version) {
        return handle.children(node).thenCompose(slots -> {
            String shown = layout.alive() + node.substring(layout.clients().length());
            List<Op> ops = new ArrayList<>();
            ops.add(Op.create(shown, new byte[0], settings.acl(), CreateMode.PERSISTENT));
            ops.add(Op.delete(shown, -1));
            ops.add(Op.check(node, version));
            slots.names().forEach(slot -> ops.add(Op.delete(node + '/' + slot, -1)));
            ops.add(Op.delete(node, -1));
            return handle.write(ops);
        });
    }
}
