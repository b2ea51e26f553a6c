/** Leader election with terms, hand-over and observers. */
@NullMarked
package dev.muster.coordination.election;

import org.jspecify.annotations.NullMarked;
