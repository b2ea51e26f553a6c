package dev.muster.benchmarks.peer;

import java.time.Duration;
import java.util.List;

/** One client of a library with a connection of its own, driven by one thread. It works by itself for as long as told. */
public interface Client {

    /** Takes and gives back a lock over and over, for about so long. */
    List<Tenure> lock(String lock, Duration about) throws Exception;

    /** Joins and leaves a group over and over, for about so long. */
    List<Tenure> joinAndLeave(String group, Duration about) throws Exception;

    /** Joins a group. Answers the {@link System#nanoTime} just before the call. */
    long join(String group) throws Exception;

    /** Leaves the group that it joined. */
    void leave() throws Exception;

    /** Watches a group from now on. */
    Watcher watch(String group) throws Exception;

    void close() throws Exception;

    /** One who is told of the members that come and go. */
    interface Watcher {

        /** Waits for the next callback that tells of a member who joined. Answers the time it was called at. */
        long joined() throws Exception;

        /** Waits for the next callback that tells of a member who left. */
        void left() throws Exception;

        void close() throws Exception;
    }
}
