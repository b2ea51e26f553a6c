/**
 * Which member owns which object: hash rings, and the keys objects are looked up by.
 *
 * <p>{@link dev.muster.coordination.partition.ConsistentHashRing} agrees bit for bit with fleets that run OpenStack
 * Tooz; {@link dev.muster.coordination.partition.RendezvousHashRing} is the one to take where there is no such fleet.
 */
@NullMarked
package dev.muster.coordination.partition;

import org.jspecify.annotations.NullMarked;
