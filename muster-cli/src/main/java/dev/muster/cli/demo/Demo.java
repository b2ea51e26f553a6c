package dev.muster.cli.demo;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.election.Leader;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Trait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * The demo's script. Real processes share out the files of a folder and record each digest once; the leader is killed
 * and another worker stopped on the way. Each scene begins when the one before has come about, and not by time.
 */
final class Demo {

    /** The file in the demo's folder that holds the plan. */
    static final String PLAN = "plan";

    /** How long a stopped worker keeps what it has. */
    static final Duration LEASE = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NAME_LENGTH = 32;
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Plan plan;
    private final Path folder;
    private final Coordinator coordinator;
    private final Crew crew;
    private final View view;
    private final long begin = System.nanoTime();
    private final Signal changed = new Signal();
    private final Board board;
    private final Markers markers;
    private final Onlooker onlooker;

    /** Over a store that is open to other processes. The crew has no workers yet. */
    Demo(Plan plan, Path folder, Coordinator coordinator, Crew crew, View view) {
        if (!coordinator.store().traits().contains(Trait.DISTRIBUTED_ACROSS_PROCESSES)) {
            throw new InvalidArgument("the " + coordinator.store().engine()
                    + " store is not shared between processes, which the demo is about: name another with --store");
        }
        this.plan = plan;
        this.folder = folder;
        this.coordinator = coordinator;
        this.crew = crew;
        this.view = view;
        this.board = new Board(plan, changed::raise).watch(coordinator);
        this.markers = new Markers(coordinator, plan.control(), changed::raise);
        this.onlooker = new Onlooker(plan, board, crew);
    }

    /** Plays it all. Answers the manifest. */
    byte[] play() throws IOException, InterruptedException {
        gather();
        killTheLeader();
        stopAWorker();
        return finish();
    }

    private void gather() throws IOException, InterruptedException {
        tell(plan.files().size() + " files of " + plan.root() + " in " + plan.partitions() + " partitions; starting "
                + plan.workers() + " worker processes");
        for (int i = 0; i < plan.workers(); i++) {
            crew.start();
        }
        await(
                "all workers are members, one leads, and every partition has an owner",
                () -> board.members().size() == plan.workers() && board.leader().isPresent() && board.isSharedOut());
        tell(leader().memberId() + " leads, term " + leader().token() + "; the partitions are shared out");
        markers.set(Markers.START);
    }

    private Leader leader() {
        return board.leader().orElseThrow(() -> new DemoFailed("nobody leads"));
    }

    private void killTheLeader() throws IOException, InterruptedException {
        int some = plan.early() / 2;
        await(
                "a quarter of the files is recorded",
                () -> board.recorded() >= some && board.leader().isPresent());
        Leader victim = leader();
        long killed = System.nanoTime();
        crew.kill(victim.memberId());
        onlooker.killed(victim.memberId());
        tell("the leader, " + victim.memberId() + " (pid " + crew.pid(victim.memberId()) + "), is killed with SIGKILL");
        await(
                "the killed leader is no member any more, and another leads",
                () -> !board.members().contains(victim.memberId())
                        && board.leader()
                                .filter(next -> next.token().compareTo(victim.token()) > 0)
                                .isPresent());
        tell(leader().memberId() + " leads, term " + leader().token() + ", " + since(killed) + " after the kill");
        String replacement = crew.start();
        await(replacement + " has joined", () -> board.members().contains(replacement));
        tell(replacement + " has joined in its place, and takes its share");
    }

    private void stopAWorker() throws IOException, InterruptedException {
        int file = board.unrecorded(
                plan.early(), board.leader().map(Leader::memberId).orElse(""));
        String name = shortened(plan.files().get(file));
        markers.set(Markers.HOLD, Integer.toString(file));
        markers.set(Markers.OPEN);
        await("a worker is in the middle of " + name, () -> markers.has(Markers.HELD));
        String[] held = markers.values(Markers.HELD).orElseThrow();
        String worker = held[0];
        long stopped = System.nanoTime();
        crew.stop(worker);
        onlooker.stopped(worker);
        tell(worker + " (pid " + crew.pid(worker) + ") is stopped with SIGSTOP, in the middle of " + name
                + ", with token " + held[1]);
        if (coordinator.store().traits().contains(Trait.NON_TIMEOUT_BASED)) {
            expel(worker, plan.partitionOf(file));
        }
        await(
                worker + " is no member any more, and another has recorded " + name,
                () -> !board.members().contains(worker) && board.recorder(file).isPresent());
        tell(board.recorder(file).orElseThrow() + " has taken over and recorded " + name + ", " + since(stopped)
                + " after the stop");
        markers.set(Markers.RELEASE);
        crew.resume(worker);
        onlooker.resumed(worker);
        tell(worker + " goes on (SIGCONT), still believing, and writes what it has found");
        await(
                "the late write of " + worker + " is refused",
                () -> markers.has(Markers.REFUSED + worker) || markers.has(Markers.ACCEPTED + worker));
        if (markers.has(Markers.ACCEPTED + worker)) {
            throw new DemoFailed("the late write of " + worker + " was accepted: its fence did not hold");
        }
        String[] refused = markers.values(Markers.REFUSED + worker).orElseThrow();
        tell("the late write of " + worker + " is REFUSED: its token " + refused[0] + " is smaller than " + refused[1]
                + " of the present owner");
    }

    /** Where sessions end with their process alone, a stopped worker keeps what it has until somebody takes it away. */
    private void expel(String worker, int partition) {
        tell("this store has no leases, so that an operator expels " + worker + " and breaks its locks");
        coordinator.group(Plan.GROUP).expel(worker);
        for (int i = 0; i < plan.partitions(); i++) {
            if (i == partition || board.owners().get(i).equals(worker)) {
                coordinator.lock(Plan.key(i)).breakLock();
            }
        }
    }

    private byte[] finish() throws IOException, InterruptedException {
        await("all files are recorded", () -> board.recorded() == plan.files().size());
        tell("all " + plan.files().size() + " files are recorded, each once");
        await("the leader has declared the manifest", () -> board.manifest().isPresent());
        String[] declared = board.manifest().orElseThrow();
        byte[] manifest = Files.readAllBytes(folder.resolve(declared[0]));
        if (!Digests.of(manifest).equals(declared[1])) {
            throw new DemoFailed("the manifest is not the one that the leader declared");
        }
        tell("the leader has declared the manifest under its term");
        markers.set(Markers.DONE);
        view.show(onlooker.look(elapsed()));
        return manifest;
    }

    /** Waits until it is so, showing how things are; fails where it takes too long or a worker ends of itself. */
    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            view.show(onlooker.look(elapsed()));
            changed.await(LOOK);
            onlooker.endedOfItself().ifPresent(worker -> {
                throw new DemoFailed(worker + " has ended of itself, before " + what);
            });
            if (System.nanoTime() - deadline > 0) {
                throw new DemoFailed("it did not come about within " + PATIENCE.toSeconds() + " s that " + what + ". "
                        + onlooker.look(elapsed()));
            }
        }
    }

    private void tell(String text) {
        view.show(onlooker.look(elapsed()));
        view.tell(elapsed(), text);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** The end of a path, which says most. */
    private static String shortened(String path) {
        return path.length() <= NAME_LENGTH ? path : "…" + path.substring(path.length() - NAME_LENGTH + 1);
    }

    private static String since(long then) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - then) / 1e9);
    }

    /** Ends the watching; the workers are the crew's business. */
    void close() {
        markers.close();
        board.close();
    }
}
