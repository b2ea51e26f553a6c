/**
 * Real servers for tests and benchmarks: each starts on free ports of the loopback address with data in a temporary
 * folder, and is ended with the JVM at the latest. A server that is not installed is a printed skip, or with
 * {@code CI=true} a failure: {@link dev.muster.servers.Requirement}.
 */
@NullMarked
package dev.muster.servers;

import org.jspecify.annotations.NullMarked;
