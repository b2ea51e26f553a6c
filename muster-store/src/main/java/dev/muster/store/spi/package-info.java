/** What engines are made of: the state machine of a directory, the delivery of watches, the life of a session. */
@NullMarked
package dev.muster.store.spi;

import org.jspecify.annotations.NullMarked;
