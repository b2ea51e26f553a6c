/** What one run measures and prints. */
@NullMarked
package dev.muster.benchmarks;

import org.jspecify.annotations.NullMarked;
