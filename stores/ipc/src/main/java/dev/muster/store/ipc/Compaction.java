package dev.muster.store.ipc;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Moves a shard's log out of a full arena. The new one is made in private, with the state at the head of the log as its
 * snapshot; then the record at the head gets the new arena's number as its successor, by the same compare-and-set by
 * which records are published. So the log moves in one step: whoever is killed or stopped before it holds up nobody, and
 * two that try at the same time cannot both succeed.
 */
final class Compaction {

    /** How long the others let the first one work before they do the same. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long GLANCE = TimeUnit.MICROSECONDS.toNanos(20);

    private final LogFiles files;
    private final Owners owners;
    private final int shard;

    Compaction(LogFiles files, Owners owners, int shard) {
        this.files = files;
        this.owners = owners;
        this.shard = shard;
    }

    /**
     * Sees to it that the replica's log moves on from its arena, which is full; or that it did meanwhile: catch up and
     * look again.
     *
     * @param next bytes of the record that there shall be room for
     * @throws dev.muster.store.StorageException where there is no memory left
     */
    void run(Replica replica, int next) {
        Arena full = replica.arena();
        if (!full.claim() && movedOn(replica)) {
            return;
        }
        Arena fresh = create(full, Snapshots.size(replica.directories()), next);
        boolean known = false;
        try {
            write(fresh, replica);
            known = full.publish(replica.position(), -fresh.id());
        } catch (BufferOverflowException | IndexOutOfBoundsException e) {
            throw full.corrupt("its state does not fit the size that was computed for it");
        } finally {
            if (!known) {
                discard(fresh);
            }
        }
        if (known) {
            files.announce(shard, fresh.id());
            if (full.previous() != 0) {
                files.delete(shard, full.previous());
            }
            replica.moveTo(fresh);
        }
    }

    private static boolean movedOn(Replica replica) {
        long deadline = System.nanoTime() + PATIENCE;
        while (replica.arena().next(replica.position()) == 0) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(GLANCE);
        }
        return true;
    }

    private Arena create(Arena full, long live, int next) {
        try {
            return files.create(shard, Growth.size(full.size(), full.ageMillis(), live, next), full.id());
        } catch (IOException generous) {
            files.delete(shard, full.previous());
            try {
                return files.create(shard, Growth.leastSize(live, next), full.id());
            } catch (IOException e) {
                throw files.full(e);
            }
        }
    }

    private void write(Arena fresh, Replica replica) {
        ByteBuffer pen = fresh.snapshot();
        Snapshots.write(pen, replica.directories(), owners);
        fresh.start(replica.revision());
    }

    private void discard(Arena fresh) {
        long id = fresh.id();
        fresh.unmap();
        files.delete(shard, id);
    }
}
