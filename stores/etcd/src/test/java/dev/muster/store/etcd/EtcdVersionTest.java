package dev.muster.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import org.junit.jupiter.api.Test;

/** What is promised depends on the release of the server. */
class EtcdVersionTest {

    @Test
    void leasesAreSafeFromTheReleasesOnThatKeepThoseWhichANewLeaderRenewed() {
        assertThat(Version.of("3.4.23").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.4.30").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.4.31").keepsLivingLeases()).isTrue();
        assertThat(Version.of("3.5.12").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.5.13").keepsLivingLeases()).isTrue();
        assertThat(Version.of("3.6.0-rc.1").keepsLivingLeases()).isTrue();
        assertThat(Version.of("4.0.0").keepsLivingLeases()).isTrue();
        assertThat(Version.of("3.3.25")).isLessThan(Version.OLDEST);
        assertThat(Version.of("?")).isLessThan(Version.OLDEST);
    }

    @Test
    void aStoreDeclaresItByTheReleaseItFinds() {
        try (Store store = Store.open(EtcdServer.shared(EtcdRelease.RECENT).url())) {
            assertThat(store.traits()).contains(Trait.LEASE_SAFE);
        }
    }

    @Test
    void theStartOfAServerIsReadFromTheLeaseThatItChose() {
        long seconds = 1_795_317_000;
        long cycle = 1L << 40;
        long millis = (seconds * 1_000) % cycle;
        long lease = (0x1234L << 48 | millis << 8 | 7) & Long.MAX_VALUE;
        assertThat(ServerClock.startOf(lease)).isEqualTo(seconds);
    }
}
