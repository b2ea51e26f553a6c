/** Watches: how late, and how idle. */
@NullMarked
package dev.muster.benchmarks.watch;

import org.jspecify.annotations.NullMarked;
