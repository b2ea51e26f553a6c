package dev.muster.benchmarks.child;

import java.io.IOException;

/** A JVM that does nothing, to compare idle ones with. */
public final class Idler {

    private Idler() {}

    public static void main(String[] arguments) throws IOException {
        new Orders().untilEnd();
    }
}
