package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Commit;
import dev.muster.store.Nonce;
import dev.muster.store.Settlement;
import dev.muster.store.etcd.Fence.Slot;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A commit from when it is taken on until its fate is known. Its slot goes back when nobody uses it any more. */
final class Sending {

    final Commit commit;

    /**
     * What the fence holds once this was applied. It is this client's alone, so that a count of this process will do. Not
     * the commit's nonce: two commits of one builder share that.
     */
    final ByteString mark = ByteString.copyFromUtf8(Long.toString(Nonce.next().count()));

    private @Nullable Slot slot;
    private long fencedAt;
    private volatile boolean unmarked;
    private boolean forestalled;
    private boolean answered;
    private boolean answeredForGood;
    private boolean settledForGood;
    private boolean abandoned;
    private @Nullable CompletableFuture<Settlement> settling;

    Sending(Commit commit) {
        this.commit = commit;
    }

    /** Gives it a slot to be sent with. Answers false where it was settled before: then it must not be sent. */
    synchronized boolean begin(Slot taken) {
        if (forestalled) {
            return false;
        }
        slot = taken;
        fencedAt = taken.known;
        return true;
    }

    /** Where the slot must stand for the commit to apply. */
    synchronized long fencedAt() {
        return fencedAt;
    }

    /** It is sent without its mark: see {@link CommitPlan#unmarked}. */
    void goesUnmarked() {
        unmarked = true;
    }

    boolean isUnmarked() {
        return unmarked;
    }

    /** Answers the slot it was sent with; null where it was not sent, and now never will be. */
    synchronized @Nullable Slot forestall() {
        if (slot == null) {
            forestalled = true;
        }
        return slot;
    }

    /** The settlement under way, or null: then the given one is it from now on. */
    synchronized @Nullable CompletableFuture<Settlement> settling(CompletableFuture<Settlement> mine) {
        CompletableFuture<Settlement> underway = settling;
        if (underway == null) {
            settling = mine;
        }
        return underway;
    }

    /** A settlement has ended. One that failed may still write the slot, which nobody must use then. */
    synchronized void settled(boolean forGood) {
        if (forGood) {
            settledForGood = true;
        } else {
            settling = null;
            abandoned = true;
        }
        release();
    }

    /** The sender has its answer. */
    synchronized void answered(boolean forGood) {
        answered = true;
        answeredForGood = forGood;
        release();
    }

    private void release() {
        boolean unused = answered && (settledForGood || (answeredForGood && settling == null && !abandoned));
        Slot used = slot;
        if (unused && used != null) {
            slot = null;
            used.client.release(used);
        }
    }
}
