package dev.muster.benchmarks.lock;

import dev.muster.benchmarks.harness.Contender;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** The least that a durable step can cost on the file engine's own database: one transaction that sets one row. */
final class BareTransactions implements Contender {

    private static final int BATCH = 16;

    private final String name;
    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement update;
    private final PreparedStatement commit;
    private long value;

    /** Makes a database of its own, with the settings of the file engine. */
    BareTransactions(String name, Path file) throws SQLException {
        this.name = name;
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setWalAutocheckpoint(2000);
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        config.setGetGeneratedKeys(false);
        connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table bare (id integer primary key, value integer not null)");
            statement.execute("insert into bare values (1, 0)");
        }
        begin = connection.prepareStatement("begin immediate");
        update = connection.prepareStatement("update bare set value = ? where id = 1");
        commit = connection.prepareStatement("commit");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double rate(Duration about) {
        return Contender.repeat(about, BATCH, i -> transact());
    }

    private void transact() {
        try {
            begin.executeUpdate();
            update.setLong(1, ++value);
            update.executeUpdate();
            commit.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("a bare transaction failed", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("could not close the bare database", e);
        }
    }
}
