package dev.muster.coordination.testkit;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.Ownership;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A member in a process of its own: starts a coordinator at the store, in the namespace and under the id that its
 * arguments name, with a session time-out in milliseconds, and obeys these commands (see {@link ChildProcess}):
 *
 * <pre>
 * acquire LOCK MILLISECONDS   answers the token, or "busy" where it was not free in time
 * join GROUP                  creates the group where needed, answers the token
 * lead ELECTION               stands, waits until it leads, answers the token
 * valid                       whether what it owns since the last of these commands is valid
 * release                     answers RELEASED or ALREADY_LOST
 * count LOCK FILE TIMES       adds 1 to the number in the file so many times, holding the lock each time
 * </pre>
 */
public final class RecipeWorker {

    private final Coordinator coordinator;
    private @Nullable Ownership owned;

    private RecipeWorker(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    static ChildProcess start(String url, String namespace, String member, Duration sessionTimeout) {
        return ChildProcess.start(RecipeWorker.class, url, namespace, member, Long.toString(sessionTimeout.toMillis()));
    }

    /** For the child process. */
    public static void main(String[] arguments) {
        CoordinatorOptions options = CoordinatorOptions.member(arguments[2])
                .namespace(arguments[1])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(arguments[3])))
                .build();
        try (Coordinator coordinator = Coordinator.over(arguments[0], options).start()) {
            RecipeWorker worker = new RecipeWorker(coordinator);
            for (String command : ChildProcess.commands()) {
                ChildProcess.reply(worker.obey(command.split(" ", -1)));
            }
        }
    }

    private String obey(String[] words) {
        try {
            return switch (words[0]) {
                case "acquire" -> acquire(words[1], Duration.ofMillis(Long.parseLong(words[2])));
                case "join" -> own(coordinator.group(words[1]).joinOrCreate(Capabilities.of("child")));
                case "lead" -> lead(words[1]);
                case "valid" -> Boolean.toString(owned().isValid());
                case "release" -> owned().release().name();
                case "count" -> count(words[1], Path.of(words[2]), Integer.parseInt(words[3]));
                default -> "unknown command " + words[0];
            };
        } catch (RuntimeException | IOException e) {
            return "failed: " + e;
        }
    }

    private Ownership owned() {
        Ownership present = owned;
        if (present == null) {
            throw new IllegalStateException("owns nothing yet");
        }
        return present;
    }

    private String own(Ownership next) {
        owned = next;
        return next.token().toString();
    }

    private String acquire(String lock, Duration timeout) {
        Optional<LockHandle> held = coordinator.lock(lock).tryAcquire(timeout);
        return held.isPresent() ? own(held.get()) : "busy";
    }

    private String lead(String election) {
        Inbox<Leadership> elected = new Inbox<>();
        coordinator.election(election).run(elected);
        return elected.poll(Patience.deadline()).map(this::own).orElse("not elected");
    }

    private String count(String lock, Path file, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (LockHandle held = coordinator.lock(lock).acquire(Patience.deadline())) {
                int before = Integer.parseInt(Files.readString(file));
                Files.writeString(file, Integer.toString(before + 1));
                if (!held.isValid()) {
                    return "lost the lock";
                }
            }
        }
        return "done";
    }
}
