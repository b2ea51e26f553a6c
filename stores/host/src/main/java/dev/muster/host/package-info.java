/**
 * What the engines of one host share: which sessions live, by locks that the operating system drops with their process;
 * the bell that wakes watching processes; the queue of writers; and a registry of what a process may hold only once.
 */
@NullMarked
package dev.muster.host;

import org.jspecify.annotations.NullMarked;
