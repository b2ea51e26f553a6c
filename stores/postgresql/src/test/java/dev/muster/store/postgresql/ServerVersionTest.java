package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.StorageException;
import dev.muster.store.StoreUri;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Servers that cannot serve say so by their version. */
class ServerVersionTest {

    private final Address address = Address.of(StoreUri.parse("postgresql://u:secret@h/d"), Duration.ofSeconds(1));

    @Test
    void twelveAndLaterServe() {
        for (int version : new int[] {120000, 120022, 150018, 180000, 1000000}) {
            assertThatCode(() -> PostgresqlDialect.checkVersion(
                            address, "PostgreSQL " + version / 10_000 + ".0 (Debian) on x86_64", version))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void anOlderOneIsRefusedWithBothVersions() {
        assertThatThrownBy(() -> PostgresqlDialect.checkVersion(address, "PostgreSQL 11.22 on x86_64", 110022))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("postgresql://h/d is PostgreSQL 11.22")
                .hasMessageContaining("needs PostgreSQL 12 or later")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> PostgresqlDialect.checkVersion(address, "PostgreSQL 9.6.24 on x86_64", 90624))
                .hasMessageContaining("9.6.24");
    }

    @Test
    void anotherThatSpeaksTheProtocolIsRefusedByName() {
        assertThatThrownBy(() -> PostgresqlDialect.checkVersion(address, "CockroachDB CCL v23.1.11", 130000))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("CockroachDB");
    }
}
