package dev.muster.store.zookeeper;

import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.Guard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * The operations that are a commit, given what is known or assumed of the entries it names. Each operation holds the
 * assumption it was made under, so that the request fails where one is wrong.
 *
 * <p>A data version restarts when a node is made again, so that it alone identifies no incarnation. Two things do: of a
 * name that an append made, version 0; of any other, the generation, which is the version of the bucket and moves whenever
 * an entry is created under a name that may have existed before.
 */
final class Plan {

    private static final byte[] NOTHING = new byte[0];
    private static final int ANY = -1;

    private final Commit commit;
    private final Layout layout;
    private final List<ACL> acl;
    private final String directory;
    private final @Nullable Knowledge known;
    private final Recent recent;
    private final List<Op> ops = new ArrayList<>();
    private boolean creates;
    private boolean moves;
    private boolean pins;

    private Plan(Commit commit, Layout layout, List<ACL> acl, @Nullable Knowledge known, Recent recent) {
        this.commit = commit;
        this.layout = layout;
        this.acl = acl;
        this.directory = layout.directory(commit.directory());
        this.known = known;
        this.recent = recent;
    }

    /**
     * Makes the operations.
     *
     * @param known what is there, or null to assume what most likely is
     * @return null where assuming is not enough
     */
    static @Nullable List<Op> of(
            Commit commit, Layout layout, List<ACL> acl, @Nullable Knowledge known, Recent recent) {
        return new Plan(commit, layout, acl, known, recent).make();
    }

    private @Nullable List<Op> make() {
        Map<String, Change> changes = new HashMap<>();
        commit.changes().forEach(change -> changes.put(change.name(), change));
        for (String name : Knowledge.namesOf(commit)) {
            if (!add(name, changes.get(name))) {
                return null;
            }
        }
        if (moves || pins) {
            String bucket = layout.bucketOf(commit.directory());
            int version = pins && known != null ? known.generation() : ANY;
            ops.add(moves ? Op.setData(bucket, NOTHING, version) : Op.check(bucket, version));
        }
        if (known != null && !known.directoryExists() && creates) {
            ops.add(0, Op.create(directory, NOTHING, acl, CreateMode.CONTAINER));
        }
        return ops;
    }

    private boolean add(String name, @Nullable Change change) {
        String path = directory + '/' + Layout.escape(name);
        Stat stat = known == null ? null : known.of(name);
        boolean exact = change instanceof Change.Put put && put.owned();
        boolean at = false;
        boolean absent = false;
        boolean guarded = false;
        for (Guard guard : commit.guards()) {
            if (guard.name().equals(name)) {
                guarded = true;
                absent |= guard instanceof Guard.Absent;
                at |= guard instanceof Guard.At;
                exact |= at || guard instanceof Guard.Created;
            }
        }
        boolean present;
        int version = ANY;
        if (known != null) {
            present = stat != null;
            if (stat != null && exact) {
                boolean first = Layout.isAppended(name) && stat.getVersion() == 0;
                version = first || at ? stat.getVersion() : ANY;
                pins |= !first;
            }
        } else {
            present = guarded
                    ? !absent
                    : change instanceof Change.Delete || (change instanceof Change.Put && recent.isThere(path));
            if (present && exact) {
                if (!isFirst(name, path)) {
                    return false;
                }
                version = 0;
            }
        }
        if (present) {
            whereThere(path, version, change);
        } else {
            whereNot(name, path, change);
        }
        return true;
    }

    /** Whether all guards of the name are of the incarnation that an append of this client made, so that version 0 holds. */
    private boolean isFirst(String name, String path) {
        for (Guard guard : commit.guards()) {
            if (guard.name().equals(name)
                    && ((guard instanceof Guard.At at && !recent.isFirst(path, at.revision()))
                            || (guard instanceof Guard.Created created && !recent.isFirst(path, created.revision())))) {
                return false;
            }
        }
        return recent.isFirst(path);
    }

    private void whereThere(String path, int version, @Nullable Change change) {
        if (change == null) {
            ops.add(Op.check(path, version));
        } else if (change instanceof Change.Delete) {
            ops.add(Op.delete(path, version));
        } else {
            ops.add(Op.setData(path, value(change), version));
        }
    }

    private void whereNot(String name, String path, @Nullable Change change) {
        creates = true;
        if (change == null || change instanceof Change.Delete) {
            ops.add(Op.create(path, NOTHING, acl, CreateMode.PERSISTENT));
            ops.add(Op.delete(path, ANY));
            return;
        }
        ops.add(Op.create(path, value(change), acl, isOwned(change) ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT));
        if (isFresh(commit, change)) {
            return;
        }
        moves = true;
        if (Layout.isAppended(name)) {
            ops.add(Op.setData(path, value(change), 0));
        }
    }

    /** Whether the change creates an entry under a name that nobody can have used before. */
    static boolean isFresh(Commit commit, Change change) {
        return change instanceof Change.Append
                && change.name().contains(commit.nonce().toString());
    }

    private static boolean isOwned(Change change) {
        return change instanceof Change.Put put ? put.owned() : ((Change.Append) change).owned();
    }

    private static byte[] value(Change change) {
        Bytes value = change instanceof Change.Put put ? put.value() : ((Change.Append) change).value();
        return value.toByteArray();
    }
}
