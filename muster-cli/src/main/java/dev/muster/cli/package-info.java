/** The command line: one class a command. */
@NullMarked
package dev.muster.cli;

import org.jspecify.annotations.NullMarked;
