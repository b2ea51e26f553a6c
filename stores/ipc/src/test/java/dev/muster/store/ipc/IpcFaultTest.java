package dev.muster.store.ipc;

import dev.muster.coordination.testkit.faults.FaultContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class IpcFaultTest extends FaultContract {

    @TempDir
    static Path base;

    @Override
    protected String url() {
        return "ipc://faults?dir=" + base;
    }
}
