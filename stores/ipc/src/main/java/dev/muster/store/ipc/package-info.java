/** The engine {@code ipc://NAME}: processes of one host coordinate through shared memory, without a server. */
@NullMarked
package dev.muster.store.ipc;

import org.jspecify.annotations.NullMarked;
