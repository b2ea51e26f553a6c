package dev.muster.store.postgresql;

import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Guard;
import dev.muster.store.Listing;
import dev.muster.store.sql.Link;
import dev.muster.store.sql.Look;
import dev.muster.store.sql.Page;
import dev.muster.store.sql.SessionIds;
import dev.muster.store.sql.Verdict;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to PostgreSQL, in autocommit: each operation is one prepared statement. */
final class PostgresqlLink implements Link {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlLink.class);

    /** How much longer than the server may take its answer is waited for. */
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private static final int BATCH = 16;
    private static final int SWEPT = 2000;
    private static final Duration EMPTY_FOR = Duration.ofHours(1);
    private static final Duration TOLD_FOR = RENEWAL.multipliedBy(4);

    private final Connection connection;
    private final Address address;
    private final Map<Sql, PreparedStatement> prepared = new EnumMap<>(Sql.class);
    private int patience;

    PostgresqlLink(Connection connection, Address address) {
        this.connection = connection;
        this.address = address;
    }

    private PreparedStatement sql(Sql sql) throws SQLException {
        PreparedStatement known = prepared.get(sql);
        if (known == null) {
            known = connection.prepareStatement(address.names().in(sql.text));
            prepared.put(sql, known);
        }
        return known;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    @Override
    public void patience(Duration most) throws SQLException {
        Duration usual = address.timeout().plus(MARGIN);
        Duration whole = most.isZero() || most.compareTo(usual) > 0 ? usual : most;
        int millis = (int) Math.max(1, whole.toMillis());
        if (millis != patience) {
            connection.setNetworkTimeout(Runnable::run, millis);
            patience = millis;
        }
    }

    @Override
    public long enlist(UUID client) throws SQLException {
        PreparedStatement statement = sql(Sql.ENLIST);
        statement.setObject(1, client);
        return number(statement);
    }

    private static long number(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public Verdict commit(long lane, long seq, Commit commit, int mostNameBytes) throws SQLException {
        LoneChange lone = LoneChange.of(commit);
        Verdict applied = lone == null ? null : lone.apply(sql(lone.sql()), lane, seq, mostNameBytes);
        return applied == null ? judge(lane, seq, commit, mostNameBytes) : applied;
    }

    /** By the function for all commits. */
    private Verdict judge(long lane, long seq, Commit commit, int mostNameBytes) throws SQLException {
        PreparedStatement statement = sql(Sql.COMMIT);
        statement.setLong(1, lane);
        statement.setLong(2, seq);
        String session = commit.sessionId();
        if (session == null) {
            // The same type each time, or the statement would be prepared anew.
            statement.setNull(3, Types.OTHER, "uuid");
        } else {
            statement.setObject(3, SessionIds.uuid(session));
        }
        statement.setBytes(4, utf8(commit.directory()));
        bindGuards(statement, commit.guards());
        bindChanges(statement, commit.changes());
        Growth growth = Growth.of(commit);
        statement.setInt(11, growth.entries());
        statement.setInt(12, growth.nameBytes());
        statement.setInt(13, reply(commit));
        statement.setInt(14, mostNameBytes);
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            long revision = row.getLong(4);
            Snapshot snapshot = switch (commit.reply()) {
                case NOTHING -> Snapshot.NOTHING;
                case NAMES -> Snapshot.of(revision, Packed.names(row.getBytes(6)));
                case ENTRIES -> Snapshot.of(new Listing(revision, Packed.entries(row.getBytes(6))));
            };
            long before = row.getLong(7);
            Notice news = row.getBoolean(5) && revision > before
                    ? Notices.of(row.getLong(3), before, revision, row.getBytes(8), row.getBytes(9))
                    : null;
            return new Verdict(kind(row.getInt(1)), row.getInt(2), revision, news, snapshot);
        } catch (PSQLException e) {
            Verdict raised = raised(e);
            if (raised == null) {
                throw e;
            }
            return raised;
        }
    }

    private static int reply(Commit commit) {
        return switch (commit.reply()) {
            case NOTHING -> 0;
            case NAMES -> 1;
            case ENTRIES -> 2;
        };
    }

    private static Verdict.Kind kind(int code) {
        return switch (code) {
            case 0 -> Verdict.Kind.APPLIED;
            case 1 -> Verdict.Kind.REFUSED;
            case 2 -> Verdict.Kind.SESSION_LOST;
            default -> Verdict.Kind.OTHER_OWNER;
        };
    }

    private static @Nullable Verdict raised(PSQLException e) {
        return switch (Failures.state(e)) {
            case "MU001" -> Verdict.undone(Verdict.Kind.FENCED, 0);
            case "MU002" -> Verdict.undone(Verdict.Kind.SESSION_LOST, 0);
            case "MU003" -> {
                var answer = e.getServerErrorMessage();
                String bytes = answer == null ? null : answer.getMessage();
                yield Verdict.undone(Verdict.Kind.FULL, bytes == null ? 0 : Integer.parseInt(bytes));
            }
            default -> null;
        };
    }

    private static void bindGuards(PreparedStatement statement, List<Guard> guards) throws SQLException {
        int[] kinds = new int[guards.size()];
        byte[][] names = new byte[kinds.length][];
        long[] revisions = new long[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            Guard guard = guards.get(i);
            names[i] = utf8(guard.name());
            if (guard instanceof Guard.At at) {
                kinds[i] = 2;
                revisions[i] = at.revision();
            } else if (guard instanceof Guard.Created created) {
                kinds[i] = 3;
                revisions[i] = created.revision();
            } else {
                kinds[i] = guard instanceof Guard.Present ? 1 : 0;
            }
        }
        statement.setObject(5, kinds);
        statement.setObject(6, names);
        statement.setObject(7, revisions);
    }

    private static void bindChanges(PreparedStatement statement, List<Change> changes) throws SQLException {
        int[] kinds = new int[changes.size()];
        byte[][] names = new byte[kinds.length][];
        byte[][] values = new byte[kinds.length][];
        for (int i = 0; i < kinds.length; i++) {
            Change change = changes.get(i);
            names[i] = utf8(change.name());
            Bytes value = Bytes.EMPTY;
            if (change instanceof Change.Put put) {
                kinds[i] = put.owned() ? 2 : 1;
                value = put.value();
            } else if (change instanceof Change.Append append) {
                kinds[i] = append.owned() ? 4 : 3;
                value = append.value();
            } else {
                kinds[i] = 5;
            }
            values[i] = value.toByteArray();
        }
        statement.setObject(8, kinds);
        statement.setObject(9, names);
        statement.setObject(10, values);
    }

    @Override
    public @Nullable Long settle(long lane, long seq) throws SQLException {
        PreparedStatement statement = sql(Sql.SETTLE);
        statement.setLong(1, lane);
        statement.setLong(2, seq);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : null;
        }
    }

    @Override
    public Page list(String directory) throws SQLException {
        PreparedStatement statement = sql(Sql.LIST);
        statement.setBytes(1, utf8(directory));
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return new Page(new Listing(row.getLong(1), Packed.entries(row.getBytes(3))), row.getBoolean(2));
        }
    }

    @Override
    public void reap(String directory) throws SQLException {
        PreparedStatement statement = sql(Sql.REAP);
        statement.setBytes(1, utf8(directory));
        statement.executeQuery().close();
    }

    @Override
    public List<String> directories(String prefix) throws SQLException {
        PreparedStatement statement = sql(Sql.DIRECTORIES);
        statement.setBytes(1, utf8(prefix));
        List<String> names = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                names.add(new String(row.getBytes(1), StandardCharsets.UTF_8));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public void open(UUID session, UUID client, Duration lease) throws SQLException {
        PreparedStatement statement = sql(Sql.OPEN);
        statement.setObject(1, session);
        statement.setObject(2, client);
        statement.setLong(3, micros(lease));
        statement.executeUpdate();
    }

    @Override
    public Set<UUID> beat(Map<UUID, Beat> beats) throws SQLException {
        UUID[] sessions = beats.keySet().toArray(UUID[]::new);
        long[] next = new long[sessions.length];
        long[] confirmed = new long[sessions.length];
        for (int i = 0; i < sessions.length; i++) {
            Beat beat = beats.get(sessions[i]);
            if (beat != null) {
                next[i] = beat.next();
                confirmed[i] = beat.confirmed();
            }
        }
        PreparedStatement statement = sql(Sql.BEAT);
        statement.setArray(1, connection.createArrayOf("uuid", sessions));
        statement.setObject(2, next);
        statement.setObject(3, confirmed);
        Set<UUID> alive = new HashSet<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                alive.add(row.getObject(1, UUID.class));
            }
        }
        return alive;
    }

    @Override
    public boolean isAlive(UUID session) throws SQLException {
        PreparedStatement statement = sql(Sql.ALIVE);
        statement.setObject(1, session);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public boolean end(UUID session, boolean overdue) throws SQLException {
        PreparedStatement statement = sql(Sql.END);
        statement.setObject(1, session);
        statement.setBoolean(2, overdue);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public Reaped finish(UUID session) throws SQLException {
        PreparedStatement statement = sql(Sql.FINISH);
        statement.setObject(1, session);
        statement.setInt(2, BATCH);
        List<Notice> changed = new ArrayList<>();
        boolean done = false;
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                done = row.getBoolean(1);
                long directory = row.getLong(2);
                if (!row.wasNull()) {
                    changed.add(Notices.of(directory, row.getLong(3), row.getLong(4), row.getBytes(5), null));
                }
            }
        }
        return new Reaped(done, changed);
    }

    @Override
    public long watch(String directory) throws SQLException {
        PreparedStatement statement = sql(Sql.WATCH);
        statement.setBytes(1, utf8(directory));
        statement.setLong(2, micros(TOLD_FOR));
        return number(statement);
    }

    @Override
    public void renew(Collection<Long> directories) throws SQLException {
        PreparedStatement statement = sql(Sql.RENEW);
        statement.setObject(1, numbers(directories));
        statement.setLong(2, micros(TOLD_FOR));
        statement.executeQuery().close();
    }

    private static long[] numbers(Collection<Long> directories) {
        return directories.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public Look look(Collection<Long> directories) throws SQLException {
        PreparedStatement statement = sql(Sql.LOOK);
        statement.setObject(1, numbers(directories));
        Map<Long, Long> revisions = new HashMap<>();
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            UUID identity = row.getObject(1, UUID.class);
            boolean unfinished = row.getBoolean(2);
            long left = row.getLong(3);
            Duration nextEnd = row.wasNull() ? null : Duration.of(Math.max(0, left), ChronoUnit.MICROS);
            do {
                long number = row.getLong(4);
                if (!row.wasNull()) {
                    revisions.put(number, row.getLong(5));
                }
            } while (row.next());
            return new Look(identity, unfinished, nextEnd, revisions);
        }
    }

    @Override
    public List<Due> due() throws SQLException {
        List<Due> due = new ArrayList<>();
        try (ResultSet row = sql(Sql.DUE).executeQuery()) {
            while (row.next()) {
                due.add(new Due(row.getObject(1, UUID.class), row.getBoolean(2)));
            }
        }
        return due;
    }

    @Override
    public @Nullable Long sweep(long after) throws SQLException {
        PreparedStatement statement = sql(Sql.SWEEP);
        statement.setLong(1, after);
        statement.setInt(2, SWEPT);
        statement.setLong(3, micros(EMPTY_FOR));
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            long end = row.getLong(1);
            return row.wasNull() ? null : end;
        }
    }

    @Override
    public void leave(UUID client) throws SQLException {
        PreparedStatement statement = sql(Sql.LEAVE);
        statement.setObject(1, client);
        statement.executeUpdate();
    }

    @Override
    public void listen() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set application_name = 'muster keeper'");
            statement.execute("listen " + address.names().channel());
        }
    }

    @Override
    public void tell(List<Notice> notices) throws SQLException {
        PreparedStatement statement = sql(Sql.TELL);
        for (Notice notice : notices) {
            statement.setString(1, address.names().channel());
            statement.setString(2, notice.text());
            statement.executeQuery().close();
        }
    }

    @Override
    public List<Notice> await(Duration most) throws SQLException {
        int millis = (int) Math.max(PromptSockets.LEAST_MILLIS, Math.min(most.toMillis(), Integer.MAX_VALUE));
        PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(millis);
        List<Notice> notices = new ArrayList<>();
        if (heard != null) {
            for (PGNotification one : heard) {
                if (one.getName().equals(address.names().channel())) {
                    notices.addAll(Notices.parse(one.getParameter()));
                }
            }
        }
        return notices;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection was closed that was broken already", e);
        }
    }
}
