package dev.muster.store.testkit;

import java.util.HashMap;
import java.util.Map;

/**
 * Where a client process of a test stands: how it reaches the store, and what else is peculiar to it.
 *
 * @param url the store as seen from there, for instance through a {@link FaultProxy}
 * @param environment variables of the process, for instance those of a {@link ShiftedClock}
 */
public record ClientPlace(String url, Map<String, String> environment) {

    public ClientPlace {
        environment = Map.copyOf(environment);
    }

    /** An ordinary one. */
    public static ClientPlace at(String url) {
        return new ClientPlace(url, Map.of());
    }

    /** The same with more variables. */
    public ClientPlace with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return new ClientPlace(url, all);
    }
}
