package dev.muster.benchmarks.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of a library in this process: it says how one operation goes, and the loops are here. */
abstract class JavaClient implements Client {

    /** How long one waits for a lock before the row is given up. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private @Nullable Hold membership;

    /** Something that is had, and given up by a call. */
    interface Hold {
        void release() throws Exception;
    }

    /** What gives something. */
    interface Taking {
        Hold take() throws Exception;
    }

    /** Takes the lock, however long that takes, up to {@link #PATIENCE}. */
    abstract Hold acquire(String lock) throws Exception;

    /** Joins the group, which it makes where it is not there. */
    Hold enter(String group) throws Exception {
        throw new UnsupportedOperationException("it has no groups");
    }

    @Override
    public Watcher watch(String group) throws Exception {
        throw new UnsupportedOperationException("it has no groups");
    }

    @Override
    public final List<Tenure> lock(String lock, Duration about) throws Exception {
        return repeat(about, () -> acquire(lock));
    }

    @Override
    public final List<Tenure> joinAndLeave(String group, Duration about) throws Exception {
        return repeat(about, () -> enter(group));
    }

    private static List<Tenure> repeat(Duration about, Taking taking) throws Exception {
        List<Tenure> tenures = new ArrayList<>();
        long end = System.nanoTime() + about.toNanos();
        long asked;
        do {
            asked = System.nanoTime();
            Hold hold = taking.take();
            long had = System.nanoTime();
            hold.release();
            tenures.add(new Tenure(asked, had, had, System.nanoTime()));
        } while (System.nanoTime() - end < 0);
        return tenures;
    }

    @Override
    public final long join(String group) throws Exception {
        long asked = System.nanoTime();
        membership = enter(group);
        return asked;
    }

    @Override
    public final void leave() throws Exception {
        Hold left = membership;
        membership = null;
        if (left != null) {
            left.release();
        }
    }
}
