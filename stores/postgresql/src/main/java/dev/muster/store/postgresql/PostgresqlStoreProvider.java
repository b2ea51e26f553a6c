package dev.muster.store.postgresql;

import dev.muster.store.InvalidArgument;
import dev.muster.store.Store;
import dev.muster.store.StoreProvider;
import dev.muster.store.StoreUri;
import dev.muster.store.sql.SqlStore;
import java.time.Duration;
import java.util.Set;

/**
 * Opens {@code postgresql://user:password@host:5432/database}, with the options {@code schema}, {@code prefix},
 * {@code connections}, {@code timeout}, {@code sslmode}, {@code sslrootcert}, {@code sslcert} and {@code sslkey}.
 */
public final class PostgresqlStoreProvider implements StoreProvider {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final int DEFAULT_CONNECTIONS = 4;
    private static final int MOST_CONNECTIONS = 100;

    @Override
    public Set<String> schemes() {
        return Set.of("postgresql");
    }

    @Override
    public Set<String> options() {
        return Set.of("schema", "prefix", "connections", "timeout", "sslmode", "sslrootcert", "sslcert", "sslkey");
    }

    @Override
    public Store open(StoreUri uri) {
        Duration timeout = uri.duration("timeout").orElse(DEFAULT_TIMEOUT);
        int connections = uri.option("connections")
                .map(PostgresqlStoreProvider::connections)
                .orElse(DEFAULT_CONNECTIONS);
        return SqlStore.open(new PostgresqlDialect(Address.of(uri, timeout)), connections, timeout);
    }

    private static int connections(String text) {
        if (text.matches("[0-9]{1,3}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= MOST_CONNECTIONS) {
                return number;
            }
        }
        throw new InvalidArgument("option 'connections' of the store URI is no number from 1 to " + MOST_CONNECTIONS);
    }
}
