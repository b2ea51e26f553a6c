package dev.muster.store.ipc;

import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.spi.DirectoryState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A record before it is published. It says what came of a commit (who owns what, created when), so that a reader need
 * not work that out; its length follows from the commit alone, so that it can be written again in its place where
 * another record came before it.
 *
 * <p>A record is: 8 bytes successor, 8 revision, 4 length, 1 kind, 1 number of changes, 2 length of the path, 8 owner
 * whose end it is, the path, the changes. A change is: 1 kind, 1 unused, 2 length of the name, 4 of the value, 8 creating
 * revision, 8 owner, the name, the value; a removal has neither owner nor value.
 */
final class Draft {

    static final int HEAD = 32;
    static final byte CHANGES = 1;
    static final byte END = 2;
    static final byte PUT = 1;
    static final byte REMOVE = 2;

    private static final int SPARE = 2048;
    private static final int PUT_HEAD = 24;
    private static final int REMOVE_HEAD = 16;
    private static final byte[][] NO_NAMES = {};

    private final List<Change> changes;
    private final byte[] path;
    private final long owner;
    private final byte[][] names;
    private final int length;

    private Draft(List<Change> changes, byte[] path, long owner, byte[][] names, int length) {
        this.changes = changes;
        this.path = path;
        this.owner = owner;
        this.names = names;
        this.length = length;
    }

    /** @param owner the commit's session, 0 for none */
    static Draft of(Commit commit, byte[] path, long owner) {
        List<Change> changes = commit.changes();
        byte[][] names = new byte[changes.size()][];
        int length = HEAD + path.length;
        for (int i = 0; i < names.length; i++) {
            Change change = changes.get(i);
            byte[] name = change.name().getBytes(StandardCharsets.UTF_8);
            names[i] = name;
            length += name.length
                    + (change instanceof Change.Delete
                            ? REMOVE_HEAD
                            : PUT_HEAD + value(change).size());
        }
        return new Draft(changes, path, owner, names, length);
    }

    /** The removal, in all directories of the shard, of what an ended session owns. */
    static Draft ofEnd(long owner) {
        return new Draft(List.of(), new byte[0], owner, NO_NAMES, HEAD);
    }

    int length() {
        return length;
    }

    /**
     * How much of the arena to leave for others. Where memory is full, no log can move on: what takes entries away then
     * still finds room, and ended sessions, whose entries hide nothing from anybody, longest.
     */
    int spare() {
        if (names == NO_NAMES) {
            return 0;
        }
        for (Change change : changes) {
            if (!(change instanceof Change.Delete)) {
                return SPARE;
            }
        }
        return SPARE / 4;
    }

    /** Writes the record of a commit that is applied to this state next. */
    void write(ByteBuffer pen, DirectoryState state, long revision, Owners owners) {
        head(pen, CHANGES, revision);
        for (int i = 0; i < names.length; i++) {
            Change change = changes.get(i);
            Entry old = change instanceof Change.Append ? null : state.get(change.name());
            if (change instanceof Change.Delete) {
                pen.put(REMOVE).put((byte) 0).putShort((short) names[i].length).putInt(0);
                pen.putLong(old == null ? 0 : old.created()).put(names[i]);
            } else {
                Bytes value = value(change);
                pen.put(PUT).put((byte) 0).putShort((short) names[i].length).putInt(value.size());
                pen.putLong(old == null ? revision : old.created());
                pen.putLong(old != null ? owners.of(old) : isOwned(change) ? owner : 0);
                pen.put(names[i]);
                value.writeTo(pen);
            }
        }
    }

    void writeEnd(ByteBuffer pen, long revision) {
        head(pen, END, revision);
    }

    private void head(ByteBuffer pen, byte kind, long revision) {
        pen.putLong(0).putLong(revision).putInt(length).put(kind).put((byte) names.length);
        pen.putShort((short) path.length).putLong(owner).put(path);
    }

    private static Bytes value(Change change) {
        return change instanceof Change.Put put ? put.value() : ((Change.Append) change).value();
    }

    private static boolean isOwned(Change change) {
        return change instanceof Change.Put put ? put.owned() : ((Change.Append) change).owned();
    }
}
