/** The engine {@code zookeeper://h1,h2,h3/path}: entries are znodes, sessions are sessions of ZooKeeper. */
@NullMarked
package dev.muster.store.zookeeper;

import org.jspecify.annotations.NullMarked;
