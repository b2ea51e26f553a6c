package dev.muster.servers;

import org.jspecify.annotations.Nullable;

/** A server that is one process at a time, with a folder of its own that outlives the process. */
abstract class SingleServer implements AutoCloseable {

    private @Nullable ServerProcess process;

    /** Where its data and log are. */
    abstract TemporaryFolder folder();

    final void runs(ServerProcess started) {
        process = started;
    }

    /** The process that runs now: to be paused, killed, looked at. */
    public ServerProcess process() {
        ServerProcess current = process;
        if (current == null) {
            throw new IllegalStateException(this + " is stopped");
        }
        return current;
    }

    public boolean isRunning() {
        return process != null;
    }

    /** Stops it in an orderly way, if it runs. */
    public void stop() {
        ServerProcess current = process;
        process = null;
        if (current != null) {
            stop(current);
        }
    }

    void stop(ServerProcess current) {
        current.stop();
    }

    /** Ends it as kill -9 does. */
    public void kill() {
        process().kill();
        process = null;
    }

    /** Stops it if it runs, and starts it on the same ports with the data it had. Waits until it answers. */
    public abstract void restart();

    /** Stops it if it runs, and starts it on the same ports without any data. */
    public void restartEmpty() {
        stop();
        folder().remove("data");
        restart();
    }

    /** Stops it, keeps a copy of its data, and starts it again. */
    public void backUp() {
        stop();
        folder().copy("data", "backup");
        restart();
    }

    /** Stops it if it runs, and starts it with the data of the last {@link #backUp}. */
    public void restoreBackup() {
        stop();
        folder().copy("backup", "data");
        restart();
    }

    /** Ends the process, and removes the data. Idempotent. */
    @Override
    public void close() {
        ServerProcess current = process;
        process = null;
        if (current != null) {
            end(current);
        }
        folder().close();
    }

    void end(ServerProcess current) {
        current.close();
    }
}
