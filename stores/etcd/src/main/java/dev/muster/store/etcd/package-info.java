/** The engine for etcd 3.4 and later: a commit is one transaction, a session is one lease. */
@NullMarked
package dev.muster.store.etcd;

import org.jspecify.annotations.NullMarked;
