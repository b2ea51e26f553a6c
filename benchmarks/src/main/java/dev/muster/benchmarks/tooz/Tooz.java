package dev.muster.benchmarks.tooz;

import dev.muster.benchmarks.child.Child;
import dev.muster.benchmarks.harness.Contender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The Python library tooz in a process of its own, which is kept alive and measures itself when told. */
public final class Tooz implements AutoCloseable {

    /** There is no such peer here: the message says why. */
    public static final class Missing extends Exception {
        private static final long serialVersionUID = 1;

        Missing(String message) {
            super(message);
        }
    }

    private final Child child;
    private final String version;

    private Tooz(Child child, String version) {
        this.child = child;
        this.version = version;
    }

    /**
     * Starts it.
     *
     * @param python the interpreter
     * @param folder for the script
     * @throws Missing where the interpreter or the library is not there
     */
    public static Tooz start(String python, Path folder) throws IOException, Missing {
        Path script = folder.resolve("tooz_peer.py");
        try (InputStream source = Objects.requireNonNull(Tooz.class.getResourceAsStream("tooz_peer.py"))) {
            Files.write(script, source.readAllBytes());
        }
        Child child;
        try {
            child = Child.start(List.of(python, script.toString()));
        } catch (IOException e) {
            throw new Missing("no " + python + " here; apt install python3-tooz python3-sysv-ipc");
        }
        String said = child.answer();
        if (said.startsWith("missing")) {
            child.close();
            throw new Missing(said.substring("missing ".length()) + "; apt install python3-tooz python3-sysv-ipc");
        }
        return new Tooz(child, said);
    }

    /** Its version and that of Python. */
    public String version() {
        return version;
    }

    /** Acquires and releases a lock over the store of a URL of its own. */
    public Contender lock(String name, String url) {
        return contender(name, "lock " + url);
    }

    /** Does something to a hash ring: "lookup", "build" or "change". */
    public Contender ring(String name, String what, int nodes) {
        return contender(name, what + " " + nodes);
    }

    private Contender contender(String name, String order) {
        return new Contender() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public double rate(Duration about) throws IOException {
                child.tell(order + " " + about.toNanos() / 1e9);
                String answer = child.answer();
                if (answer.startsWith("error")) {
                    throw new IOException("tooz failed at '" + order + "': " + answer);
                }
                String[] counted = answer.split(" ", -1);
                return Long.parseLong(counted[0]) * 1e9 / Long.parseLong(counted[1]);
            }
        };
    }

    @Override
    public void close() {
        child.close();
    }
}
