package dev.muster.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Guards and changes for one directory: all or nothing. The guards see the state before the changes. A commit is
 * sent once: build another to try anew.
 */
public final class Commit {

    /** What of the directory's state a commit answers besides its verdict, as of a revision not older than its own. */
    public enum Reply {
        NOTHING,
        /** The names, in order of creation. */
        NAMES,
        /** The whole listing. */
        ENTRIES
    }

    private final String directory;
    private final @Nullable String sessionId;
    private final List<Guard> guards;
    private final List<Change> changes;
    private final Reply reply;
    private final Nonce nonce;
    private final CommitFate fate = new CommitFate();

    private Commit(Builder builder, Reply reply) {
        this.directory = builder.directory;
        this.sessionId = builder.sessionId;
        this.guards = List.copyOf(builder.guards);
        this.changes = List.copyOf(builder.changes);
        this.nonce = builder.nonce;
        this.reply = reply;
    }

    public static Builder in(String directory) {
        return new Builder(directory);
    }

    public String directory() {
        return directory;
    }

    /** The session that owns what this commit creates as owned, and that must be alive for any of it to apply. */
    public Optional<String> session() {
        return Optional.ofNullable(sessionId);
    }

    /** As {@link #session()}, or null. */
    public @Nullable String sessionId() {
        return sessionId;
    }

    public List<Guard> guards() {
        return guards;
    }

    public List<Change> changes() {
        return changes;
    }

    public Reply reply() {
        return reply;
    }

    public Nonce nonce() {
        return nonce;
    }

    /** What this process knows of its outcome: for engines. */
    public CommitFate fate() {
        return fate;
    }

    @Override
    public String toString() {
        return "commit " + nonce + " on " + directory + ": " + guards + " → "
                + changes.stream()
                        .map(change -> change.getClass().getSimpleName() + " " + change.name())
                        .toList();
    }

    /** Collects a commit. Not thread-safe. */
    public static final class Builder {

        /** The longest prefix of an appended name, in UTF-8 bytes. */
        public static final int MAX_PREFIX = 80;

        private final String directory;
        private final Nonce nonce = Nonce.next();
        private List<Guard> guards = List.of();
        private List<Change> changes = List.of();
        private @Nullable String sessionId;

        private Builder(String directory) {
            this.directory = directory;
        }

        /** Names the session: its end, once recorded, refuses the whole commit. Needed before anything owned. */
        public Builder as(Session session) {
            this.sessionId = session.id();
            return this;
        }

        public Builder absent(String name) {
            return guard(new Guard.Absent(name));
        }

        public Builder present(String name) {
            return guard(new Guard.Present(name));
        }

        public Builder at(String name, long revision) {
            return guard(new Guard.At(name, revision));
        }

        public Builder created(String name, long revision) {
            return guard(new Guard.Created(name, revision));
        }

        public Builder guard(Guard guard) {
            guards = with(guards, guard);
            return this;
        }

        public Builder put(String name, Bytes value) {
            return change(new Change.Put(name, value, false));
        }

        public Builder putOwned(String name, Bytes value) {
            return change(new Change.Put(name, value, owned("putOwned")));
        }

        /** Answers the name that the entry will have: prefix, nonce and index. It exists only once committed. */
        public String append(String prefix, Bytes value) {
            return append(prefix, value, false);
        }

        /** As {@link #append}, owned by the commit's session. */
        public String appendOwned(String prefix, Bytes value) {
            return append(prefix, value, owned("appendOwned"));
        }

        public Builder delete(String name) {
            return change(new Change.Delete(name));
        }

        public Builder change(Change change) {
            changes = with(changes, change);
            return this;
        }

        public Commit build() {
            return build(Reply.NOTHING);
        }

        public Commit build(Reply reply) {
            return new Commit(this, reply);
        }

        private String append(String prefix, Bytes value, boolean owned) {
            int length = Names.utf8Length(prefix);
            if (length < 0 || length > MAX_PREFIX) {
                throw new InvalidArgument("prefix of an appended name has " + length + " bytes in UTF-8: at most "
                        + MAX_PREFIX + " are allowed");
            }
            String name = prefix + nonce + (changes.isEmpty() ? "" : "-" + changes.size());
            changes = with(changes, new Change.Append(name, value, owned));
            return name;
        }

        /** The list and one more. Most commits have one change and one guard at most: those cost no list to grow. */
        private static <T> List<T> with(List<T> list, T one) {
            if (list.isEmpty()) {
                return List.of(one);
            }
            List<T> longer = list.size() == 1 ? new ArrayList<>(list) : list;
            longer.add(one);
            return longer;
        }

        private boolean owned(String call) {
            if (sessionId == null) {
                throw new InvalidArgument(call + " needs a session: call as(session) first");
            }
            return true;
        }
    }
}
