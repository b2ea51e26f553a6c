/** Child processes and what they cost, from /proc. */
@NullMarked
package dev.muster.benchmarks.child;

import org.jspecify.annotations.NullMarked;
