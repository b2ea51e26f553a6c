/** The {@code redis://host} and {@code redis+sentinel://hosts/master} engine: scripts on one Redis primary. */
@NullMarked
package dev.muster.store.redis;

import org.jspecify.annotations.NullMarked;
