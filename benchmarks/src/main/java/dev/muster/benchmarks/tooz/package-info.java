/** The peer: tooz, driven in a Python process of its own. */
@NullMarked
package dev.muster.benchmarks.tooz;

import org.jspecify.annotations.NullMarked;
