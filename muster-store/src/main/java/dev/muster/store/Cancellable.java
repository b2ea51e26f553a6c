package dev.muster.store;

/** Something that was asked for and can be called off: a timer, a listener. Calling it off twice does nothing. */
@FunctionalInterface
public interface Cancellable {
    void cancel();
}
