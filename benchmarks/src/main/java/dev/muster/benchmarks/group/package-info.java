/** Groups: many members join while others watch. */
@NullMarked
package dev.muster.benchmarks.group;

import org.jspecify.annotations.NullMarked;
