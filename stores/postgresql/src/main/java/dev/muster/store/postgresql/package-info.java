/** A store in a PostgreSQL database: opened by {@code postgresql://user:password@host/database}. */
@NullMarked
package dev.muster.store.postgresql;

import org.jspecify.annotations.NullMarked;
