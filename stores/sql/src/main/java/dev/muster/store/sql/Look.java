package dev.muster.store.sql;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a store is at one moment.
 *
 * @param identity of the store: another one means that it was made anew
 * @param unfinished whether a session has ended that still owns something
 * @param nextEnd until the next session is overdue, zero if one is; null where there is none
 * @param revisions of the directories that were asked for, by number; those that are gone are not in it
 */
public record Look(
        UUID identity, boolean unfinished, @Nullable Duration nextEnd, Map<Long, Long> revisions) {}
