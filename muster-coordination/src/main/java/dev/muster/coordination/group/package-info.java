/** Groups of members with capabilities, and watching them. */
@NullMarked
package dev.muster.coordination.group;

import org.jspecify.annotations.NullMarked;
