/** Quick measurements of a store, for an order of magnitude. */
@NullMarked
package dev.muster.cli.bench;

import org.jspecify.annotations.NullMarked;
