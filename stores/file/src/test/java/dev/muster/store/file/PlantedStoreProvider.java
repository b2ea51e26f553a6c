package dev.muster.store.file;

import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import java.util.Locale;
import java.util.Set;

/** Opens {@code planted:///DIR?fault=NAME}: a file store with a lease of 2 s and a {@link PlantedFault}. */
public final class PlantedStoreProvider implements StoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("planted");
    }

    @Override
    public Set<String> options() {
        return Set.of("fault");
    }

    @Override
    public Store open(StoreUri uri) {
        String fault = uri.option("fault").orElseThrow().toUpperCase(Locale.ROOT);
        return new PlantedStore(Store.open("file://" + uri.path() + "?lease=2s"), PlantedFault.valueOf(fault));
    }
}
