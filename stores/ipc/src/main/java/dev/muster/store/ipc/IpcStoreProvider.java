package dev.muster.store.ipc;

import dev.muster.host.ProcessWide;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.util.Set;

/** Opens {@code ipc://NAME}. */
public final class IpcStoreProvider implements StoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("ipc");
    }

    @Override
    public Set<String> options() {
        return Set.of("dir");
    }

    @Override
    public Store open(StoreUri uri) {
        if (!uri.path().isEmpty()) {
            throw new InvalidArgument(
                    "an ipc store URI takes a name and no path, as in ipc://orders: '" + uri.path() + "' is too much");
        }
        StoreFolder folder = StoreFolder.of(uri.authority(), uri.option("dir").orElse(""));
        ProcessWide.Share<SharedSpace> share = SharedSpace.share(folder.path());
        return new IpcStore(share.get(), share::close);
    }
}
