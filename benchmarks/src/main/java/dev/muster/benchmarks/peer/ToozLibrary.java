package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.child.Child;
import dev.muster.benchmarks.server.Kind;
import dev.muster.benchmarks.server.Server;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The Python library tooz: each client is a process that works by itself, so that nothing of the pipe is measured. */
final class ToozLibrary implements Library {

    private final Server server;
    private final String namespace;
    private final String python;
    private final Path script;
    private String version = "";

    ToozLibrary(Server server, String namespace, String python, Path folder) throws IOException {
        this.server = server;
        this.namespace = namespace;
        this.python = python;
        this.script = folder.resolve("tooz_client.py");
        try (InputStream source = Objects.requireNonNull(ToozLibrary.class.getResourceAsStream("tooz_client.py"))) {
            Files.write(script, source.readAllBytes());
        }
    }

    @Override
    public String option() {
        return "tooz";
    }

    @Override
    public String name() {
        return version.isEmpty() ? "tooz" : version;
    }

    @Override
    public String note() {
        return server.kind() == Kind.POSTGRESQL
                ? "an advisory lock, on a new connection each time: writes nothing"
                : "";
    }

    @Override
    public String groupNote() {
        return "its watcher asks each 10 ms";
    }

    @Override
    public boolean hasGroups() {
        return server.kind() != Kind.POSTGRESQL;
    }

    @Override
    public Client connect(Server from, String id) throws IOException {
        Child child;
        try {
            child = Child.start(List.of(python, "-W", "ignore", script.toString(), url(from), id));
        } catch (IOException e) {
            throw new IOException("no " + python + " here; apt install python3-tooz", e);
        }
        String said = child.answer();
        if (!said.startsWith("tooz")) {
            child.close();
            throw new IOException(said + "; apt install python3-tooz and the client of its driver");
        }
        version = said.substring(0, said.indexOf(','));
        return new ToozClient(child);
    }

    private static String url(Server server) {
        return switch (server.kind()) {
            case ETCD -> server.url("etcd3");
            default -> server.url();
        };
    }

    private final class ToozClient implements Client {

        private final Child child;

        ToozClient(Child child) {
            this.child = child;
        }

        @Override
        public List<Tenure> lock(String lock, Duration about) throws IOException {
            return tenures("lock " + namespace + "-" + lock, about);
        }

        @Override
        public List<Tenure> joinAndLeave(String group, Duration about) throws IOException {
            return tenures("group " + namespace + "-" + group, about);
        }

        private List<Tenure> tenures(String order, Duration about) throws IOException {
            int count = Integer.parseInt(ask(order + " " + about.toNanos() / 1e9));
            List<Tenure> tenures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String[] times = child.answer().split(" ", -1);
                tenures.add(new Tenure(
                        Long.parseLong(times[0]),
                        Long.parseLong(times[1]),
                        Long.parseLong(times[2]),
                        Long.parseLong(times[3])));
            }
            return tenures;
        }

        @Override
        public long join(String group) throws IOException {
            return Long.parseLong(ask("join " + namespace + "-" + group));
        }

        @Override
        public void leave() throws IOException {
            ask("leave");
        }

        @Override
        public Watcher watch(String group) throws IOException {
            ask("watch " + namespace + "-" + group);
            return new Watcher() {
                @Override
                public long joined() throws IOException {
                    return time("joined");
                }

                @Override
                public void left() throws IOException {
                    time("left");
                }

                @Override
                public void close() throws IOException {
                    ask("stop");
                }
            };
        }

        private long time(String event) throws IOException {
            String[] said = heard().split(" ", -1);
            if (!said[0].equals(event)) {
                throw new IOException("tooz told of '" + said[0] + "', not '" + event + "'");
            }
            return Long.parseLong(said[1]);
        }

        private String ask(String order) throws IOException {
            child.tell(order);
            return heard();
        }

        private String heard() throws IOException {
            String said = child.answer();
            if (said.startsWith("error")) {
                throw new IOException(name() + " failed: " + said.substring("error ".length()));
            }
            return said;
        }

        @Override
        public void close() {
            child.close();
        }
    }
}
