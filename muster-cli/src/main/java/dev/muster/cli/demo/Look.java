package dev.muster.cli.demo;

import java.time.Duration;
import java.util.List;

/**
 * The demo at one moment, to be shown.
 *
 * @param owners who has each partition, by its number; empty text where nobody has it yet
 */
record Look(Duration elapsed, List<WorkerLook> workers, List<String> owners, int recorded, int files) {

    /** What an onlooker makes of a worker. */
    enum State {
        STARTING,
        WORKING,
        LEADING,
        KILLED,
        STOPPED,
        /** It runs, and is no member: its session was lost, and the next one is not there yet. */
        OUT
    }

    /** One worker process. */
    record WorkerLook(String id, long pid, State state, int partitions, int recorded) {}
}
