/** Runs the contract suites against a store that the user names. */
@NullMarked
package dev.muster.cli.conformance;

import org.jspecify.annotations.NullMarked;
