/** The first run: worker processes share out files, lose members, and still record each result once. */
@NullMarked
package dev.muster.cli.demo;

import org.jspecify.annotations.NullMarked;
