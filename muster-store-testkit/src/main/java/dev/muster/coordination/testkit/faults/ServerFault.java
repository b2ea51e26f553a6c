package dev.muster.coordination.testkit.faults;

import java.util.List;

/**
 * Something that is done to the servers of a store.
 *
 * @param name completes the sentence "the servers …", for instance "are restarted"
 * @param keepsData whether what was acknowledged is still there afterwards; where not, the history of a directory cannot be
 *     one, and owners may believe until their time has passed
 * @param inflict does it; how long it takes until a write is taken again is measured from before
 * @param repair brings back what is still missing then; after it the next fault may come
 */
public record ServerFault(String name, boolean keepsData, Runnable inflict, Runnable repair) {

    /** One that loses nothing and leaves nothing to repair. */
    public static ServerFault of(String name, Runnable inflict) {
        return new ServerFault(name, true, inflict, () -> {});
    }

    /**
     * What is done to a store that one server has.
     *
     * @param kill ends it as kill -9 does
     * @param restart starts it with the data that it had, and waits until it answers
     * @param restartEmpty stops it, and starts it without any
     */
    public static List<ServerFault> ofOneServer(Runnable kill, Runnable restart, Runnable restartEmpty) {
        return List.of(
                of("are killed and started again", () -> {
                    kill.run();
                    restart.run();
                }),
                of("are started again without their data", restartEmpty).losingData());
    }

    /** The same, but for what the servers forget. */
    public ServerFault losingData() {
        return new ServerFault(name, false, inflict, repair);
    }

    /** The same, with something to repair. */
    public ServerFault repairedBy(Runnable repairing) {
        return new ServerFault(name, keepsData, inflict, repairing);
    }
}
