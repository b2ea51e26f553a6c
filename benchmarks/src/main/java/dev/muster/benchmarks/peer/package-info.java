/** What is measured on a server: Muster, what a user would pick instead, and the client's bare write. */
@NullMarked
package dev.muster.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
