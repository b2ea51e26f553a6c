package dev.muster.benchmarks.peer;

/**
 * One time that a client had something: held a lock, belonged to a group. Of a bare write, it is had once written and not
 * given up. All of {@link System#nanoTime}, which is one clock for all processes of a host.
 *
 * @param asked when the call to have it began
 * @param had when that returned
 * @param leaving when the call to give it up began
 * @param left when that returned
 */
public record Tenure(long asked, long had, long leaving, long left) {}
