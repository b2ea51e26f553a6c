package dev.muster.store.ipc;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stores in one JVM that share nothing but the folder, as processes do: each maps the memory by itself and reads the log
 * for itself. Much faster to start and to race than real ones; they cannot be killed.
 */
final class Processes implements AutoCloseable {

    private final StoreFolder folder;
    private final List<IpcStore> opened = new ArrayList<>();

    Processes(Path base) {
        folder = StoreFolder.of("processes", base.toString());
    }

    IpcStore open() {
        SharedSpace space = new SharedSpace(folder);
        IpcStore store = new IpcStore(space, space::close);
        opened.add(store);
        return store;
    }

    List<IpcStore> open(int count) {
        List<IpcStore> stores = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stores.add(open());
        }
        return stores;
    }

    @Override
    public void close() {
        opened.forEach(IpcStore::close);
    }
}
