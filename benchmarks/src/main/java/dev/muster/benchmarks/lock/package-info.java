/** Locks: uncontended, and handed over. */
@NullMarked
package dev.muster.benchmarks.lock;

import org.jspecify.annotations.NullMarked;
