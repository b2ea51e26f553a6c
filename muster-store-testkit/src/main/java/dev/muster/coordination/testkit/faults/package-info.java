/**
 * Faults of real processes and real servers: holders and leaders are killed and stopped, servers are restarted, and what
 * the processes saw is checked as one history. {@link dev.muster.coordination.testkit.faults.FaultContract} is the suite.
 */
@NullMarked
package dev.muster.coordination.testkit.faults;

import org.jspecify.annotations.NullMarked;
