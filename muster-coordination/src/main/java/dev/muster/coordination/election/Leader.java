package dev.muster.coordination.election;

import dev.muster.coordination.ownership.FencingToken;

/**
 * Who leads.
 *
 * @param token of the term: greater for each later leader
 */
public record Leader(String memberId, FencingToken token) {}
