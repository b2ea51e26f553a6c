package dev.muster.benchmarks.against;

import dev.muster.benchmarks.harness.Benchmark;
import dev.muster.benchmarks.harness.Line;
import dev.muster.benchmarks.harness.Settings;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.server.Kind;
import dev.muster.benchmarks.server.Server;
import dev.muster.benchmarks.server.Servers;
import java.util.List;

/** A row that is measured on a server. */
abstract class ServerRow implements Benchmark {

    private final String what;
    private final Kind kind;
    private final Servers servers;
    private final List<Libraries> libraries;

    /** @param what the first part of the row's name */
    ServerRow(String what, Kind kind, Servers servers, List<Libraries> libraries) {
        this.what = what;
        this.kind = kind;
        this.servers = servers;
        this.libraries = libraries;
    }

    @Override
    public final String name() {
        return what + "-" + kind.engine();
    }

    final Kind kind() {
        return kind;
    }

    final List<Libraries> libraries() {
        return libraries;
    }

    @Override
    public final List<Line> run(Settings settings) throws Exception {
        return run(settings, servers.of(kind));
    }

    abstract List<Line> run(Settings settings, Server server) throws Exception;
}
