package dev.muster.store.file;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Takes away directories that have been empty and unwatched for a while: a million locks used once must not leave a
 * million rows. The floor under all revisions is raised above those that go, so that a directory made again goes on above
 * them. It walks through all directories in small steps, each a short transaction.
 */
final class Sweeper {

    private static final int STEP = 200;
    private static final int STEPS = 5;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String WHAT = "sweep out empty directories";

    private final Database database;
    private final LongSupplier micros;
    private long position = Long.MAX_VALUE;

    Sweeper(Database database, LongSupplier micros) {
        this.database = database;
        this.micros = micros;
    }

    /** A directory of one step. */
    private record Swept(long directory, long revision, boolean idle) {}

    /** Begins another walk, from the first directory. */
    void begin() {
        position = 0;
    }

    /** Goes some steps. Answers whether the walk goes on. */
    boolean step(Duration idle) {
        if (position == Long.MAX_VALUE) {
            return false;
        }
        long emptySince = micros.getAsLong() - idle.toNanos() / 1000;
        for (int i = 0; i < STEPS && position < Long.MAX_VALUE; i++) {
            List<Swept> next = database.read(WHAT, TIMEOUT, () -> read(emptySince));
            if (next.stream().anyMatch(Swept::idle)) {
                next = database.write(WHAT, TIMEOUT, () -> sweep(emptySince));
            }
            position =
                    next.isEmpty() ? Long.MAX_VALUE : next.get(next.size() - 1).directory();
        }
        if (position == Long.MAX_VALUE) {
            database.read(WHAT, TIMEOUT, this::freePages);
            return false;
        }
        return true;
    }

    private List<Swept> read(long emptySince) throws SQLException {
        PreparedStatement statement = database.sql(Sql.SWEEP, position, emptySince);
        statement.setInt(3, STEP);
        List<Swept> swept = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                swept.add(new Swept(row.getLong(1), row.getLong(2), row.getBoolean(3)));
            }
        }
        return swept;
    }

    private List<Swept> sweep(long emptySince) throws SQLException {
        List<Swept> swept = read(emptySince);
        long highest = 0;
        for (Swept directory : swept) {
            if (directory.idle()) {
                highest = Math.max(highest, directory.revision());
                database.sql(Sql.DROP_STAKES, directory.directory()).executeUpdate();
                database.sql(Sql.DROP_HEAD, directory.directory()).executeUpdate();
                database.sql(Sql.DROP_DIRECTORY, directory.directory()).executeUpdate();
            }
        }
        database.sql(Sql.RAISE_FLOOR, highest).executeUpdate();
        return swept;
    }

    /** Gives some of the unused pages back to the file system. */
    private boolean freePages() throws SQLException {
        try (Statement statement = database.connection().createStatement()) {
            // Not as a prepared statement, of which one step would free one page.
            statement.executeUpdate("pragma incremental_vacuum(1024)");
            return true;
        }
    }
}
