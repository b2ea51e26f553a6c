@NullMarked
package dev.muster.coordination;

import org.jspecify.annotations.NullMarked;
