package dev.muster.store.file;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.WatchOptions;
import dev.muster.store.testkit.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A process of its own for tests. Opens the store of its first argument and obeys:
 *
 * <pre>
 * session                 opens a session, answers its id
 * own DIR NAME            puts an entry of the last session, answers its revision
 * mayOwn                  what the last session says, and its state
 * heartbeats              how many the last session has counted
 * hammer DIR              for ever: sets x and y, unowned, then z, owned; answers what it set
 * boast DIR               sets x and y, and answers more than that
 * contend DIR MILLIS      puts as often as it can, answers how often
 * stamp DIR COUNT         puts the time of System.nanoTime, now and then; answers at the end
 * watch DIR               watches it until the end
 * join DIR COUNT          puts so many entries of the session, each in a commit of its own
 * hold                    takes the write lock of the database and keeps it
 * </pre>
 */
final class FileWorker {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Path directory;
    private final Store store;
    private Session session;

    private FileWorker(Path directory, Store store) {
        this.directory = directory;
        this.store = store;
    }

    static ChildProcess start(Path directory, String options) {
        return ChildProcess.start(FileWorker.class, directory.toString(), options);
    }

    static ChildProcess start(Path directory) {
        return start(directory, "");
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        try (Store store = Store.open("file://" + directory + arguments[1])) {
            FileWorker worker = new FileWorker(directory, store);
            for (String command : ChildProcess.commands()) {
                ChildProcess.reply(worker.obey(command.split(" ", -1)));
            }
        }
    }

    private String obey(String[] words) throws IOException, SQLException {
        try {
            return switch (words[0]) {
                case "session" -> openSession();
                case "own" -> commit(Commit.in(words[1]).as(session).putOwned(words[2], Bytes.EMPTY));
                case "mayOwn" -> session.mayOwn() + " " + session.state();
                case "heartbeats" -> Long.toString(session.heartbeats());
                case "hammer" -> hammer(words[1]);
                case "boast" -> boast(words[1]);
                case "contend" -> contend(words[1], Long.parseLong(words[2]));
                case "stamp" -> stamp(words[1], Integer.parseInt(words[2]));
                case "watch" -> watch(words[1]);
                case "join" -> join(words[1], Integer.parseInt(words[2]));
                case "hold" -> hold();
                default -> "unknown command " + words[0];
            };
        } catch (RuntimeException e) {
            return "failed: " + e;
        }
    }

    private String openSession() {
        session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
        return session.id();
    }

    private String commit(Commit.Builder builder) {
        CommitResult result = store.commit(builder.build(), DEADLINE);
        return Long.toString(((CommitResult.Applied) result).revision());
    }

    private String hammer(String path) {
        openSession();
        for (long i = 1; i > 0; i++) {
            Bytes value = Bytes.utf8("" + i);
            commit(Commit.in(path).put("x", value).put("y", value));
            ChildProcess.reply("" + i);
            commit(Commit.in(path).as(session).putOwned("z", value));
        }
        return "done";
    }

    private String boast(String path) {
        commit(Commit.in(path).put("x", Bytes.utf8("1")).put("y", Bytes.utf8("1")));
        return "2";
    }

    private String contend(String path, long millis) {
        openSession();
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        long count = 0;
        while (System.nanoTime() < end) {
            Commit.Builder builder = Commit.in(path).as(session);
            String name = builder.appendOwned("", Bytes.EMPTY);
            commit(builder);
            commit(Commit.in(path).delete(name));
            count++;
        }
        return Long.toString(count);
    }

    private String stamp(String path, int count) {
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            commit(Commit.in(path).put("stamp", Bytes.utf8("" + System.nanoTime())));
        }
        return "done";
    }

    private String watch(String path) {
        store.watch(path, WatchOptions.ALL, event -> {});
        return "watching";
    }

    private String join(String path, int count) {
        openSession();
        for (int i = 0; i < count; i++) {
            commit(Commit.in(path).as(session).absent("m" + i).putOwned("m" + i, Bytes.utf8("member " + i)));
        }
        return "done";
    }

    @SuppressWarnings("resource") // Held until the process is killed.
    private String hold() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("store.db"));
        Statement statement = connection.createStatement();
        statement.execute("begin immediate");
        return "held";
    }
}
