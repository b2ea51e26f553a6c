package dev.muster.coordination.lock;

import dev.muster.coordination.ownership.FencingToken;
import java.time.Instant;

/**
 * Somebody who holds a lock or waits for it.
 *
 * @param token its fencing token, which it has from the moment it asks
 * @param since when it asked, by its own clock: for people, decides nothing
 */
public record LockRequest(String memberId, LockMode mode, boolean isHolder, FencingToken token, Instant since) {}
