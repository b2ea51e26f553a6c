/**
 * What a store in a relational database is made of, but for the dialect: who works on which connection, sessions,
 * watches, lost replies. A database is one {@link dev.muster.store.sql.Dialect} and its {@link dev.muster.store.sql.Link}.
 */
@NullMarked
package dev.muster.store.sql;

import org.jspecify.annotations.NullMarked;
