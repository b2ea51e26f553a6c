package dev.muster.servers;

import java.net.Socket;
import java.nio.file.Path;

/** A PgBouncer in front of a PostgreSQL without a password. It takes whatever user comes. */
public final class PgBouncer extends SingleServer {

    private final Path program = Requirement.program("pgbouncer", "pgbouncer");
    private final int port = Ports.free();
    private final PostgresServer behind;
    private final String mode;
    private final TemporaryFolder folder = TemporaryFolder.create("pgbouncer", Account.of("postgres"));

    private PgBouncer(PostgresServer behind, String mode) {
        this.behind = behind;
        this.mode = mode;
    }

    /**
     * Starts one, and waits until it answers.
     *
     * @param mode when it gives a server connection to another client: {@code session}, {@code transaction} or
     *     {@code statement}
     */
    public static PgBouncer start(PostgresServer behind, String mode) {
        PgBouncer bouncer = new PgBouncer(behind, mode);
        bouncer.restart();
        return bouncer;
    }

    public String host() {
        return Ports.HOST;
    }

    public int port() {
        return port;
    }

    /** The address of the store behind it. */
    public String url() {
        return "postgresql://muster@" + host() + ":" + port + "/muster";
    }

    @Override
    public void restart() {
        stop();
        String configuration = String.join(
                "\n",
                "[databases]",
                "muster = host=" + behind.host() + " port=" + behind.port() + " dbname=muster user=muster",
                "[pgbouncer]",
                "listen_addr = " + host(),
                "listen_port = " + port,
                "unix_socket_dir =",
                "auth_type = any",
                "pool_mode = " + mode,
                "");
        runs(ServerProcess.command(program, folder.write("pgbouncer.ini", configuration))
                .as(folder.account())
                .start(toString(), folder.resolve("log"))
                .awaitReady("it takes connections", () -> {
                    new Socket(host(), port).close();
                    return true;
                }));
    }

    @Override
    public String toString() {
        return "pgbouncer on port " + port;
    }

    @Override
    TemporaryFolder folder() {
        return folder;
    }

    @Override
    void stop(ServerProcess current) {
        current.stop("INT");
    }
}
