package dev.muster.coordination.group;

import java.time.Instant;

/**
 * A member of a group.
 *
 * @param id unique in the group
 * @param incarnation greater for each later joining of the same id
 * @param revision greater after each update of the capabilities
 * @param joinedAt by the member's own clock: for people, decides nothing
 */
public record Member(String id, Capabilities capabilities, long incarnation, long revision, Instant joinedAt) {}
