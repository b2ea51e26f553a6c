/** What the recipes share. Not for users. */
@NullMarked
package dev.muster.coordination.internal;

import org.jspecify.annotations.NullMarked;
