/** The {@code file:///path} engine: a durable store that the processes of one host share, in a SQLite database. */
@NullMarked
package dev.muster.store.file;

import org.jspecify.annotations.NullMarked;
