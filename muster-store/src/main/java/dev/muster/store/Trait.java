package dev.muster.store;

/** What an engine promises. An engine declares a trait only where the contract suite, run against it, holds. */
public enum Trait {
    /** Threads of one process may coordinate through it. */
    DISTRIBUTED_ACROSS_THREADS,
    /** Processes of one host may. */
    DISTRIBUTED_ACROSS_PROCESSES,
    /** Processes of many hosts may. */
    DISTRIBUTED_ACROSS_HOSTS,
    /** A session ends with its process or connection, not when a time passes. */
    NON_TIMEOUT_BASED,
    /** Every commit and listing takes effect at one moment between call and answer. */
    LINEARIZABLE,
    /** All clients see commits in one order, each client's own in its program order; a listing may lag. */
    SEQUENTIAL,
    /** What a client has seen is never older than what caused it. */
    CAUSAL,
    /** Commits are as if run one after another. */
    SERIALIZABLE,
    /** Clients see the same state during a network partition. */
    SAME_VIEW_UNDER_PARTITIONS,
    /** Clients see the same state at the same time. */
    SAME_VIEW_ACROSS_CLIENTS,
    /** An acknowledged commit outlives the kill of any process, clients and server. */
    DURABLE_ACROSS_CRASH,
    /** An acknowledged commit to unowned entries outlives the loss of power. */
    DURABLE_ACROSS_POWER_LOSS,
    /** A watch delivers every commit by itself, unless the listener lags; others may fold several into one. */
    EVERY_CHANGE,
    /**
     * No other session can find an entry gone before {@link Session#mayOwn()} of its owner has turned false, except by
     * delete.
     */
    LEASE_SAFE
}
