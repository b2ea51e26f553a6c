package dev.muster.examples;

import dev.muster.coordination.Coordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

    @TempDir
    private Path folder;

    @Test
    void theExamplesRun() {
        String uri = "file://" + folder.resolve("store");
        FirstSteps.run(uri);
        try (Coordinator coordinator = Coordinator.connect(uri, "worker-1")) {
            Recipes.locks(coordinator);
            Recipes.groups(coordinator);
            Recipes.pulling(coordinator);
            Recipes.elections(coordinator);
            Recipes.partitions(coordinator);
            Recipes.fences(coordinator, coordinator.store());
        }
    }
}
