package dev.muster.store.simulation;

/** What can go wrong in a simulation. Each has a probability in {@link Faults}, drawn at the occasion named here. */
public enum Fault {
    /** At each message, either way: it takes up to {@link Faults#longest()}, and others overtake it. */
    SLOW_MESSAGE,
    /** At each request: it does not arrive. */
    LOST_REQUEST,
    /** At each reply: it does not arrive, so that a commit's outcome is unknown. */
    LOST_REPLY,
    /** At each call: it fails before it is sent. */
    REFUSED_CALL,
    /** At each commit that arrives: the server answers that it had no time for it, and does not apply it. */
    BUSY_SERVER,
    /** At each change that a watch shall be told: it vanishes on the way. */
    LOST_EVENT,
    /** At each change that a watch shall be told: it waits for later ones and is folded with them. */
    FOLDED_EVENTS,
    /** At each callback of a watch or session: it runs late. */
    LAGGING_LISTENER,
    /** At each task that a process starts: it runs late. */
    LATE_TASK,
    /** At each request: its process is cut off from the server for a while, one way or both. */
    PARTITION,
    /** At each request: its process stands still for a while, as under SIGSTOP, then does all at once. */
    PAUSE,
    /** At each request: its process is killed. One that was spawned starts again as a new process. */
    CRASH,
    /** At each heartbeat: the server hears none of the session any more, so that it ends at its deadline. */
    STARVED_SESSION,
    /** At each heartbeat: the server ends the session at once. A store with this fault is not LEASE_SAFE. */
    EARLY_EXPIRY,
    /** At each request that arrives: the server is down for a while, and comes back with its data. */
    SERVER_RESTART,
    /** At each request that arrives: the server is down and comes back empty, as another store: sessions are LOST. */
    SERVER_WIPE
}
