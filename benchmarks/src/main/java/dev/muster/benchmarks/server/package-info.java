/** The servers that engines and peers are measured on. */
@NullMarked
package dev.muster.benchmarks.server;

import org.jspecify.annotations.NullMarked;
