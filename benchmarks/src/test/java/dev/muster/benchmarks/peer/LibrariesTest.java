package dev.muster.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.benchmarks.server.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibrariesTest {

    @Test
    void measuresOursAndTheBareWriteBesideThoseAskedFor() {
        assertThat(Libraries.chosen(List.of("redisson"), Kind.REDIS))
                .containsExactly(Libraries.MUSTER, Libraries.REDISSON, Libraries.RAW);
        assertThat(Libraries.chosen(List.of("all"), Kind.ZOOKEEPER))
                .containsExactly(Libraries.MUSTER, Libraries.CURATOR, Libraries.TOOZ, Libraries.RAW);
    }

    @Test
    void measuresOnlyServersThatSomeoneAskedForWorksWith() {
        assertThat(Libraries.concern(List.of("jetcd"), Kind.ETCD)).isTrue();
        assertThat(Libraries.concern(List.of("jetcd"), Kind.REDIS)).isFalse();
        assertThat(Libraries.concern(List.of("raw"), Kind.REDIS)).isTrue();
    }

    @Test
    void namesThePeersWhereOneIsUnknown() {
        assertThatThrownBy(() -> Libraries.concern(List.of("redison"), Kind.REDIS))
                .hasMessageContaining("'redison'")
                .hasMessageContaining("redisson-fair");
    }

    @Test
    void readsAVersionFromTheNameOfAJar() {
        assertThat(Versions.named("Curator", "curator-framework-5.9.0.jar")).isEqualTo("Curator 5.9.0");
        assertThat(Versions.named("ShedLock", "classes")).isEqualTo("ShedLock");
    }
}
