package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Server;

/** A library on one server. It may leave things in the server until it is closed, once its clients are, and nothing then. */
public interface Library {

    /** What {@code --against} calls it. Two forms of one library have two. */
    String option();

    /** What the table calls it, with its version. */
    String name();

    /** What a reader has to know of how it is driven, of its lock above all; empty for nothing. */
    default String note() {
        return "";
    }

    /** What a reader has to know of its groups. */
    default String groupNote() {
        return "";
    }

    /** Whether it has locks; a bare write is none. */
    default boolean hasLocks() {
        return true;
    }

    default boolean hasGroups() {
        return false;
    }

    /**
     * Connects a client.
     *
     * @param server the library's own, perhaps by way of another port
     * @param id unique among the clients that are open
     */
    Client connect(Server server, String id) throws Exception;

    /** Removes what is left in the server. */
    default void close() throws Exception {}
}
