package dev.muster.store.zookeeper;

import dev.muster.store.Nonce;
import dev.muster.store.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;

/**
 * Which store this is. It is made anew where there is none.
 *
 * @param identity random, drawn when it was made
 * @param era what is added to a zxid to make a revision. When the store is made a revision is the server's clock, in
 *     seconds since 2020 with 32 binary digits behind the point; from there it goes with the zxid: one step a
 *     transaction, and one second (2^32) an election. So the revisions of a store that is made again after the servers
 *     lost their data lie above those before, as long as there was less than an election a second.
 */
record Home(String identity, long era) {

    private static final String FORMAT = "muster 1 ";
    private static final long FIRST_SECOND = 1_577_836_800;

    long revision(long zxid) {
        return era + zxid;
    }

    /** How a session of ZooKeeper is called here: unique beyond this store and its servers. */
    String sessionId(long number) {
        return identity + '-' + Long.toHexString(number);
    }

    static CompletableFuture<Home> find(Handle handle, Settings settings) {
        Layout layout = settings.layout();
        List<Op> reads = new ArrayList<>(List.of(Op.getData(layout.base())));
        if (!settings.path().isEmpty()) {
            reads.add(Op.getData(settings.path()));
        }
        return handle.sync("/").thenCompose(synced -> handle.read(reads)).thenCompose(found -> {
            if (found.results().get(0) instanceof OpResult.GetDataResult data) {
                return CompletableFuture.completedFuture(read(data, settings));
            }
            if (found.failed() >= 0
                    && found.results().size() == 2
                    && found.results().get(1) instanceof OpResult.ErrorResult) {
                throw new StorageException("The path " + settings.path() + " of the store URI does not exist at "
                        + settings.hosts() + ": create it there, or correct the URI");
            }
            return handle.write(making(layout, settings)).thenCompose(made -> {
                Code code = made.results().isEmpty() ? made.code() : Code.OK;
                if (code != Code.OK || (made.code() != Code.OK && made.code() != Code.NODEEXISTS)) {
                    throw Failures.reading(made.code());
                }
                return find(handle, settings);
            });
        });
    }

    private static List<Op> making(Layout layout, Settings settings) {
        byte[] data = (FORMAT + String.format("%016x", Nonce.next().process() ^ System.nanoTime()))
                .getBytes(StandardCharsets.US_ASCII);
        List<Op> ops = new ArrayList<>();
        ops.add(Op.create(layout.base(), data, settings.acl(), CreateMode.PERSISTENT));
        List<String> nodes = new ArrayList<>(List.of(layout.entries(), layout.alive(), layout.clients()));
        for (int i = 0; i < Layout.BUCKETS; i++) {
            nodes.add(layout.bucket(i));
        }
        nodes.forEach(node -> ops.add(Op.create(node, new byte[0], settings.acl(), CreateMode.PERSISTENT)));
        return ops;
    }

    private static Home read(OpResult.GetDataResult found, Settings settings) {
        byte[] data = found.getData();
        String text = data == null ? "" : new String(data, StandardCharsets.US_ASCII);
        if (!text.startsWith(FORMAT)) {
            throw new StorageException("The node " + settings.layout().base() + " at " + settings.hosts()
                    + " is none of Muster's, or of a newer one: name another path in the store URI, or upgrade");
        }
        Stat stat = found.getStat();
        long millis = stat.getCtime() - FIRST_SECOND * 1_000;
        long clock = ((millis / 1_000) << 32) + ((millis % 1_000) << 32) / 1_000;
        return new Home(text.substring(FORMAT.length()), clock - stat.getCzxid());
    }
}
