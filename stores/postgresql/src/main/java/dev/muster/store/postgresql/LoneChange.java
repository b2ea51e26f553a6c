package dev.muster.store.postgresql;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.WatchEvent;
import dev.muster.store.sql.Link.Notice;
import dev.muster.store.sql.SessionIds;
import dev.muster.store.sql.Verdict;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What locks and memberships are given and taken by: a commit that appends one owned entry, or deletes one of a known
 * creating revision. A plain statement does it, unless something is unusual: then it does nothing, and the function for
 * all commits is called.
 */
sealed interface LoneChange {

    /** Where the statement did nothing: undone by its own word, or as the name was there. */
    List<String> UNUSUAL = List.of("MU004", "23505");

    Sql sql();

    void bind(PreparedStatement statement, long lane, long seq, int mostNameBytes) throws SQLException;

    /** Reads the one row that the statement answers where it was applied. */
    Verdict read(ResultSet row) throws SQLException;

    /** Null for a commit of another kind. */
    static @Nullable LoneChange of(Commit commit) {
        if (commit.changes().size() != 1 || commit.reply() == Commit.Reply.ENTRIES) {
            return null;
        }
        Change change = commit.changes().get(0);
        String session = commit.sessionId();
        List<Guard> guards = commit.guards();
        if (change instanceof Change.Append append && append.owned() && session != null && guards.isEmpty()) {
            return new Appending(commit.directory(), append, session, commit.reply() == Commit.Reply.NAMES);
        }
        if (change instanceof Change.Delete delete
                && session == null
                && commit.reply() == Commit.Reply.NOTHING
                && guards.size() == 1
                && guards.get(0) instanceof Guard.Created created
                && created.name().equals(delete.name())) {
            return new Removing(commit.directory(), new WatchEvent.Removal(delete.name(), created.revision()));
        }
        return null;
    }

    /** Applies it; answers null where it was not, and the function has to judge. */
    default @Nullable Verdict apply(PreparedStatement statement, long lane, long seq, int mostNameBytes)
            throws SQLException {
        bind(statement, lane, seq, mostNameBytes);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? read(row) : null;
        } catch (SQLException e) {
            if (UNUSUAL.contains(Failures.state(e))) {
                return null;
            }
            throw e;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** See {@link Sql#APPEND}. */
    record Appending(String directory, Change.Append append, String session, boolean namesAsked) implements LoneChange {

        @Override
        public Sql sql() {
            return Sql.APPEND;
        }

        @Override
        public void bind(PreparedStatement statement, long lane, long seq, int mostNameBytes) throws SQLException {
            byte[] name = utf8(append.name());
            UUID owner = SessionIds.uuid(session);
            statement.setInt(1, name.length);
            statement.setBytes(2, utf8(directory));
            statement.setInt(3, name.length);
            statement.setInt(4, mostNameBytes);
            statement.setObject(5, owner);
            statement.setLong(6, seq);
            statement.setLong(7, lane);
            statement.setLong(8, seq);
            statement.setBytes(9, name);
            statement.setBytes(10, append.value().toByteArray());
            statement.setObject(11, owner);
            statement.setBoolean(12, namesAsked);
        }

        @Override
        public Verdict read(ResultSet row) throws SQLException {
            long revision = row.getLong(3);
            Notice news = null;
            if (row.getBoolean(4)) {
                Entry put = new Entry(append.name(), append.value(), revision, revision, session);
                news = Notices.of(row.getLong(1), row.getLong(2), revision, null, Packed.packed(put));
            }
            Snapshot snapshot = Snapshot.NOTHING;
            if (namesAsked) {
                List<String> names = new ArrayList<>(Packed.names(row.getBytes(5)));
                names.add(append.name());
                snapshot = Snapshot.of(revision, List.copyOf(names));
            }
            return new Verdict(Verdict.Kind.APPLIED, 0, revision, news, snapshot);
        }
    }

    /** See {@link Sql#REMOVE}. */
    record Removing(String directory, WatchEvent.Removal removal) implements LoneChange {

        @Override
        public Sql sql() {
            return Sql.REMOVE;
        }

        @Override
        public void bind(PreparedStatement statement, long lane, long seq, int mostNameBytes) throws SQLException {
            byte[] name = utf8(removal.name());
            statement.setInt(1, name.length);
            statement.setBytes(2, utf8(directory));
            statement.setLong(3, seq);
            statement.setLong(4, lane);
            statement.setLong(5, seq);
            statement.setBytes(6, name);
            statement.setLong(7, removal.created());
        }

        @Override
        public Verdict read(ResultSet row) throws SQLException {
            long revision = row.getLong(3);
            Notice news = row.getBoolean(4)
                    ? Notices.of(row.getLong(1), row.getLong(2), revision, Packed.packed(removal), null)
                    : null;
            return new Verdict(Verdict.Kind.APPLIED, 0, revision, news, Snapshot.NOTHING);
        }
    }
}
