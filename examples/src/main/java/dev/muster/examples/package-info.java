/** The code of the documentation, compiled. */
@NullMarked
package dev.muster.examples;

import org.jspecify.annotations.NullMarked;
