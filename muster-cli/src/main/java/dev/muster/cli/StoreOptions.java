package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which store a command works on, where in it, and as whom. */
final class StoreOptions {

    @Option(
            names = {"-s", "--store"},
            paramLabel = "URL",
            description =
                    "The store, for instance file:///var/lib/app/muster or ipc://app. Default: $MUSTER_STORE, else a"
                            + " file store of this user under $XDG_STATE_HOME or ~/.local/state.")
    @Nullable
    String url;

    @Option(
            names = "--namespace",
            paramLabel = "PATH",
            defaultValue = "${env:MUSTER_NAMESPACE:-muster}",
            description = "Where in the store; those who coordinate must name the same. Default: $MUSTER_NAMESPACE,"
                    + " else muster.")
    String namespace = "muster";

    @Option(
            names = "--member",
            paramLabel = "ID",
            description =
                    "Who this process is. Default: $MUSTER_MEMBER, else made of the host's name and the process id.")
    @Nullable
    String member;

    @Option(
            names = "--session",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationArgument.class,
            description = "How long what this process owns outlives it, on stores with leases. Default: 10s.")
    Duration session = Duration.ofSeconds(10);

    /** A coordinator of its own for the command, started. */
    Coordinator connect() {
        return Coordinator.over(
                        url(),
                        CoordinatorOptions.member(member())
                                .namespace(namespace)
                                .sessionTimeout(session)
                                .build())
                .start();
    }

    String url() {
        return url != null ? url : defaultUrl(System.getenv());
    }

    String member() {
        if (member != null) {
            return member;
        }
        String given = System.getenv("MUSTER_MEMBER");
        return given != null && !given.isEmpty()
                ? given
                : hostName() + "-" + ProcessHandle.current().pid();
    }

    static String defaultUrl(Map<String, String> environment) {
        String given = environment.getOrDefault("MUSTER_STORE", "");
        if (!given.isEmpty()) {
            return given;
        }
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base = state.isEmpty() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(state);
        return fileUrl(base.resolve("muster").resolve("store"));
    }

    /** The URL of a file store in a folder, whatever the characters of its path. */
    static String fileUrl(Path folder) {
        return "file://" + folder.toAbsolutePath().toUri().getRawPath().replaceFirst("/$", "");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "host";
        }
    }
}
