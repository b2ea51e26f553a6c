/** Distributed locks: exclusive or shared, fair, with fencing tokens. */
@NullMarked
package dev.muster.coordination.lock;

import org.jspecify.annotations.NullMarked;
