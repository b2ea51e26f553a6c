/** Where a process begins: {@link dev.muster.coordination.Coordinator}. */
@NullMarked
package dev.muster.coordination;

import org.jspecify.annotations.NullMarked;
