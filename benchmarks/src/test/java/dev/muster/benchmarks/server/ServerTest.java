package dev.muster.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.InvalidArgument;
import org.junit.jupiter.api.Test;

class ServerTest {

    @Test
    void readsAUrlAndWritesItAgain() {
        String url = "postgresql://ann:p%40ss+w@db.example:5433/app";
        Server server = Server.at(url, "");
        assertThat(server.kind()).isEqualTo(Kind.POSTGRESQL);
        assertThat(server.password()).isEqualTo("p@ss+w");
        assertThat(server.database()).isEqualTo("app");
        assertThat(server.url()).isEqualTo("postgresql://ann:p%40ss%2Bw@db.example:5433/app");
        assertThat(Server.at("etcd://h", "").url("etcd3")).isEqualTo("etcd3://h:2379");
    }

    @Test
    void isReachedByAnotherPortWithTheSameUser() {
        Server server = Server.at("redis://:secret@db.example:6380/2", "").through(4711);
        assertThat(server.url()).isEqualTo("redis://:secret@127.0.0.1:4711/2");
        assertThat(server.toString()).doesNotContain("secret");
    }

    @Test
    void refusesWhatItCannotMeasureFairly() {
        assertThatThrownBy(() -> Server.at("file:///tmp/x", "")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Server.at("zookeeper://a:1,b:2", "")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Server.at("redis://a?timeout=1s", "")).hasMessageContaining("timeout");
        assertThatThrownBy(() -> Server.at("redis://a:b", "")).hasMessageContaining("port");
    }
}
