/** The engine that lives in this process's memory: for tests, for one process, and as the reference of the contract. */
@NullMarked
package dev.muster.store.memory;

import org.jspecify.annotations.NullMarked;
