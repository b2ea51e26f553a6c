package dev.muster.store.file;

import dev.muster.coordination.testkit.faults.FaultContract;
import dev.muster.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** With a lease, so that a process that hangs is followed too. */
class FileFaultTest extends FaultContract {

    @TempDir
    static Path base;

    @Override
    protected String url() {
        return "file://" + base.resolve("store") + "?lease=2s";
    }

    @Override
    protected String called(Store store) {
        return "file?lease=2s";
    }
}
