/** What it is to own something for a while: handles, fencing tokens, and how ownership ends. */
@NullMarked
package dev.muster.coordination.ownership;

import org.jspecify.annotations.NullMarked;
