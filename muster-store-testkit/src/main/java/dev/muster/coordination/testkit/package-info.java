/**
 * The suites that hold every recipe to its promises on an engine. An engine subclasses
 * {@link dev.muster.coordination.testkit.RecipeContract}.
 */
@NullMarked
package dev.muster.coordination.testkit;

import org.jspecify.annotations.NullMarked;
