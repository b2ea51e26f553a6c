/** Writing to other directories on behalf of an owner, such that a late owner's writes are refused. */
@NullMarked
package dev.muster.coordination.fence;

import org.jspecify.annotations.NullMarked;
