package dev.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PostgresServerTest {

    @Test
    void keepsItsDataOverARestartAndAKillAndLosesItWhenAsked() {
        try (PostgresServer server = PostgresServer.start()) {
            server.sql("create table kept (a int)");
            server.sql("insert into kept values (7)");
            server.restart();
            assertThat(server.sql("select a from kept")).isEqualTo("7");
            server.kill();
            server.restart();
            assertThat(server.sql("select a from kept")).isEqualTo("7");
            server.restartEmpty();
            assertThatThrownBy(() -> server.sql("select a from kept")).hasMessageContaining("does not exist");
        }
    }

    @Test
    void wantsThePasswordItWasGiven() {
        try (PostgresServer server = PostgresServer.startWithPassword("secret")) {
            assertThat(server.sql("select 1")).isEqualTo("1");
            assertThat(server.url()).isEqualTo("postgresql://muster:secret@127.0.0.1:" + server.port() + "/muster");
            assertThat(server.toString()).doesNotContain("secret");
        }
    }

    @Test
    void speaksTlsAlone() {
        try (PostgresServer server = PostgresServer.startWithTls()) {
            assertThat(server.sql("select ssl from pg_stat_ssl where pid = pg_backend_pid()"))
                    .isEqualTo("t");
        }
    }

    @Test
    void aReplicaFollowsAndTakesOver() {
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer replica = PostgresServer.startReplica(primary)) {
            assertThat(replica.sql("select pg_is_in_recovery()")).isEqualTo("t");
            replica.promote();
            assertThat(replica.sql("select pg_is_in_recovery()")).isEqualTo("f");
        }
    }

    @Test
    void isGoneWithItsDataWhenClosed() {
        PostgresServer server = PostgresServer.start();
        ServerProcess process = server.process();
        server.close();
        assertThat(process.isAlive()).isFalse();
        assertThat(process.log()).doesNotExist();
    }
}
