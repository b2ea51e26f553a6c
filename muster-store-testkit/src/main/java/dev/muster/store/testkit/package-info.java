/**
 * The suites that hold an engine to the store contract, and the tools that they are made of. An engine subclasses
 * {@link dev.muster.store.testkit.StoreContract}.
 */
@NullMarked
package dev.muster.store.testkit;

import org.jspecify.annotations.NullMarked;
