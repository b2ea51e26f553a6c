package dev.muster.store.ipc;

import dev.muster.store.spi.DirectoryState;
import java.nio.charset.StandardCharsets;

/** A directory as this process has read it. */
final class Directory {

    private final String path;
    private final byte[] utf8;
    private final DirectoryState state;

    Directory(String path, long revision) {
        this.path = path;
        this.utf8 = path.getBytes(StandardCharsets.UTF_8);
        this.state = new DirectoryState(revision);
    }

    String path() {
        return path;
    }

    /** The path as the log has it: not to be written to. */
    byte[] utf8() {
        return utf8;
    }

    DirectoryState state() {
        return state;
    }
}
