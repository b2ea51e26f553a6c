/** Hash rings: made, and looked up. */
@NullMarked
package dev.muster.benchmarks.ring;

import org.jspecify.annotations.NullMarked;
