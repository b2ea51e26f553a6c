package dev.muster.store.ipc;

import dev.muster.store.StorageException;
import dev.muster.store.WatchEvent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this process has read of a shard's log: the directories as of one position. Not thread-safe, and nobody else
 * touches the arena that it is in.
 */
final class Replica {

    /** Is told what is read, in order. */
    interface Reader {
        void changed(String path, WatchEvent.Changed change);

        /** The end of a session is read: what it owned is gone. */
        void ended();

        /** The log has moved on by more than it keeps: something was not read. */
        void lost();
    }

    private final LogFiles files;
    private final Owners owners;
    private final int shard;
    private final Reader reader;
    private final Map<String, Directory> directories = new HashMap<>();

    private Arena arena;
    private int position = Arena.FIRST;
    private long revision;

    /** False while a change is half applied: for good, where an error came in between. */
    private boolean whole = true;

    private Replica(LogFiles files, Owners owners, int shard, Reader reader, Arena arena) {
        this.files = files;
        this.owners = owners;
        this.shard = shard;
        this.reader = reader;
        this.arena = arena;
        load();
    }

    /** Answers null where the shard has no log, and none shall be made. */
    static @Nullable Replica open(LogFiles files, Owners owners, int shard, Reader reader, boolean make) {
        Arena arena = make ? files.openOrMake(shard) : files.openIfMade(shard);
        return arena == null ? null : new Replica(files, owners, shard, reader, arena);
    }

    private void load() {
        directories.clear();
        Snapshots.read(arena, directories, owners);
        position = Arena.FIRST;
        revision = arena.revision();
    }

    boolean isWhole() {
        return whole;
    }

    Arena arena() {
        return arena;
    }

    int position() {
        return position;
    }

    long revision() {
        return revision;
    }

    Collection<Directory> directories() {
        return directories.values();
    }

    /** The directory of this path: one that is empty and not kept, where there is none. */
    Directory directory(String path) {
        Directory known = directories.get(path);
        return known != null ? known : new Directory(path, revision);
    }

    /** Reads so many records at most. Answers whether that was to the head of the log. */
    boolean catchUp(int records) {
        long next = arena.next(position);
        for (int left = records; next != 0; left--) {
            if (left == 0) {
                return false;
            }
            if (next < 0) {
                follow(-next);
            } else {
                apply((int) next);
            }
            next = arena.next(position);
        }
        return true;
    }

    private void apply(int at) {
        LogRecord record = LogRecord.read(arena, at, owners);
        if (record.revision() <= revision) {
            throw arena.corrupt("the revision of the record at " + at);
        }
        whole = false;
        if (record instanceof LogRecord.Changes changes) {
            Directory directory = directories.computeIfAbsent(changes.path(), path -> new Directory(path, revision));
            directory.state().follow(changes.changed());
            reader.changed(changes.path(), changes.changed());
        } else {
            removeOwned(((LogRecord.End) record).owner(), record.revision());
        }
        revision = record.revision();
        position = at;
        whole = true;
    }

    /** Takes note that the caller's own record is the head now, and of what it changed in a directory. */
    void applied(int at, Directory directory, WatchEvent.Changed change) {
        directories.putIfAbsent(directory.path(), directory);
        reader.changed(directory.path(), change);
        revision = change.revision();
        position = at;
        whole = true;
    }

    /** Says that a record of the caller's is in the log now, but not in here yet. */
    void published() {
        whole = false;
    }

    /** Takes note that the caller's own record of a session's end is the head now. */
    void ended(int at, long owner, long endRevision) {
        whole = false;
        removeOwned(owner, endRevision);
        revision = endRevision;
        position = at;
        whole = true;
    }

    private void removeOwned(long owner, long endRevision) {
        reader.ended();
        String id = owners.id(owner);
        for (Directory directory : directories.values()) {
            WatchEvent.Changed change = directory.state().removeOwned(each -> each.equals(id), () -> endRevision);
            if (change != null) {
                reader.changed(directory.path(), change);
            }
        }
    }

    boolean isOwner(long owner) {
        String id = owners.id(owner);
        for (Directory directory : directories.values()) {
            if (directory.state().entries().stream().anyMatch(entry -> id != null && id.equals(entry.ownerId()))) {
                return true;
            }
        }
        return false;
    }

    private void follow(long next) {
        try {
            Arena fresh = files.open(shard, next);
            files.announce(shard, next);
            moveTo(fresh);
        } catch (NoSuchFileException removed) {
            Arena latest = files.openIfMade(shard);
            if (latest == null) {
                throw arena.corrupt("its successor is gone");
            }
            arena.unmap();
            arena = latest;
            whole = false;
            load();
            whole = true;
            reader.lost();
        } catch (IOException e) {
            throw new StorageException("Could not open the log of an ipc store (" + e + ")", e);
        }
    }

    /** Goes on in an arena that starts from the state which this replica is in. */
    void moveTo(Arena fresh) {
        arena.unmap();
        arena = fresh;
        position = Arena.FIRST;
        directories.values().removeIf(directory -> directory.state().isEmpty());
    }
}
