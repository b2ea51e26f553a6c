package dev.muster.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.servers.EtcdCluster;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Store;
import dev.muster.store.Trait;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is promised depends on the release of the server. */
class EtcdVersionTest {

    @Test
    void leasesAreSafeInTheReleasesThatKeepThoseWhichANewLeaderRenewed() {
        assertThat(Version.of("3.4.23").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.4.30").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.4.31").keepsLivingLeases()).isTrue();
        assertThat(Version.of("3.4.33").keepsLivingLeases()).isTrue();
        assertThat(Version.of("3.4.34").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.5.12").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.5.13").keepsLivingLeases()).isTrue();
        assertThat(Version.of("3.5.15").keepsLivingLeases()).isTrue();
        assertThat(Version.of("3.5.16").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.6.0-rc.1").keepsLivingLeases()).isFalse();
        assertThat(Version.of("3.3.25")).isLessThan(Version.OLDEST);
        assertThat(Version.of("?")).isLessThan(Version.OLDEST);
    }

    @Test
    void aStoreOnOneMemberDeclaresThemSafeSinceNoOldLeaderCanComeBack() {
        for (EtcdRelease release : EtcdRelease.values()) {
            try (Store store = Store.open(EtcdServer.shared(release).url())) {
                assertThat(store.traits()).contains(Trait.LEASE_SAFE);
            }
        }
    }

    @Test
    void aStoreOnThreeMembersDeclaresItByTheReleaseItFinds() throws IOException {
        try (Store store = Store.open(EtcdCluster.shared().url())) {
            Matcher version = Pattern.compile("\"etcdserver\":\"([^\"]+)\"")
                    .matcher(EtcdCluster.shared().members().get(0).ask("/version", null));
            assertThat(version.find()).isTrue();
            assertThat(store.traits().contains(Trait.LEASE_SAFE))
                    .isEqualTo(Version.of(version.group(1)).keepsLivingLeases());
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
