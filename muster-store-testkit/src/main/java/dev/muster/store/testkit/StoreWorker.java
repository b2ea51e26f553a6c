package dev.muster.store.testkit;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client in a process of its own: opens the store that its argument names, and obeys these commands (see
 * {@link ChildProcess}):
 *
 * <pre>
 * session MILLISECONDS      opens a session of this time-out, answers its id
 * put DIR NAME VALUE        answers the revision
 * own DIR NAME VALUE        the same, owned by the session
 * list DIR                  answers NAME=VALUE, comma-separated
 * await DIR NAME            watches the directory until it holds the name, answers its value
 * mayOwn                    answers what the session says
 * pairs DIR                 puts x and y to 1, 2, 3 … for ever, both in one commit, and answers each that is applied
 * </pre>
 */
public final class StoreWorker {

    private final Store store;
    private @Nullable Session session;

    private StoreWorker(Store store) {
        this.store = store;
    }

    public static ChildProcess start(String url) {
        return ChildProcess.start(StoreWorker.class, url);
    }

    public static void main(String[] arguments) {
        try (Store store = Store.open(arguments[0])) {
            StoreWorker worker = new StoreWorker(store);
            for (String command : ChildProcess.commands()) {
                ChildProcess.reply(worker.obey(command.split(" ", -1)));
            }
        }
    }

    private String obey(String[] words) {
        try {
            return switch (words[0]) {
                case "session" -> openSession(Duration.ofMillis(Long.parseLong(words[1])));
                case "put" -> commit(Commit.in(words[1]).put(words[2], Bytes.utf8(words[3])));
                case "own" -> commit(Commit.in(words[1]).as(session()).putOwned(words[2], Bytes.utf8(words[3])));
                case "list" -> list(words[1]);
                case "await" -> await(words[1], words[2]);
                case "mayOwn" -> Boolean.toString(session().mayOwn());
                case "pairs" -> pairs(words[1]);
                default -> "unknown command " + words[0];
            };
        } catch (RuntimeException | AssertionError e) {
            return "failed: " + e;
        }
    }

    private Session session() {
        Session open = session;
        if (open == null) {
            throw new IllegalStateException("no session was opened");
        }
        return open;
    }

    private String openSession(Duration timeout) {
        session = store.openSession(new SessionOptions(timeout), Patience.deadline());
        return session().id();
    }

    private String commit(Commit.Builder builder) {
        CommitResult result = store.commit(builder.build(), Patience.deadline());
        return Long.toString(((CommitResult.Applied) result).revision());
    }

    private String list(String directory) {
        return store.list(directory, Patience.deadline()).entries().stream()
                .map(entry -> entry.name() + "=" + entry.value().utf8())
                .collect(Collectors.joining(","));
    }

    private String await(String directory, String name) {
        try (WatchRecorder recorder = WatchRecorder.of(store, directory)) {
            Patience.await("the entry " + name)
                    .until(() -> recorder.view().find(name).isPresent());
            return recorder.view().find(name).orElseThrow().value().utf8();
        }
    }

    private String pairs(String directory) {
        for (long i = 1; i > 0; i++) {
            Bytes value = Bytes.utf8("" + i);
            commit(Commit.in(directory).put("x", value).put("y", value));
            ChildProcess.reply("" + i);
        }
        return "done";
    }
}
