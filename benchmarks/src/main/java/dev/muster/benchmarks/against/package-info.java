/** The rows that measure Muster against its peers on a server. */
@NullMarked
package dev.muster.benchmarks.against;

import org.jspecify.annotations.NullMarked;
