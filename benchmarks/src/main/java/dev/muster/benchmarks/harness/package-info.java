/** Contenders in turn, medians with spread, tables, and what the machine did meanwhile. */
@NullMarked
package dev.muster.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
