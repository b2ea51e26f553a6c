package dev.muster.cli;

/** What is done where this process is told to end (SIGINT, SIGTERM, SIGHUP) in the middle of something. */
final class Leaving {

    private Leaving() {}

    /** What may be interrupted so. */
    interface Body<T> {
        T run() throws InterruptedException;
    }

    /** Runs the body; should the process be told to end meanwhile, it runs the action before it does. */
    static <T> T during(Body<T> body, Runnable action) throws InterruptedException {
        Thread hook = new Thread(action, "muster-leaving");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return body.run();
        } finally {
            forget(hook);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The end has begun, and takes its course.
            return;
        }
    }
}
