package dev.muster.cli.demo;

import dev.muster.cli.demo.Look.State;
import dev.muster.cli.demo.Look.WorkerLook;
import dev.muster.coordination.election.Leader;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts together what the store tells of the workers and what was done to their processes. Confined to one thread. */
final class Onlooker {

    private final Plan plan;
    private final Board board;
    private final Crew crew;
    private final Set<String> killed = new HashSet<>();
    private final Set<String> stopped = new HashSet<>();
    private final Set<String> joined = new HashSet<>();

    Onlooker(Plan plan, Board board, Crew crew) {
        this.plan = plan;
        this.board = board;
        this.crew = crew;
    }

    void killed(String worker) {
        killed.add(worker);
    }

    void stopped(String worker) {
        stopped.add(worker);
    }

    void resumed(String worker) {
        stopped.remove(worker);
    }

    Optional<String> endedOfItself() {
        return crew.ended().stream().filter(worker -> !killed.contains(worker)).findFirst();
    }

    Look look(Duration elapsed) {
        List<String> owners = board.owners();
        joined.addAll(board.members());
        List<WorkerLook> workers = crew.members().stream()
                .map(worker -> new WorkerLook(
                        worker,
                        crew.pid(worker),
                        state(worker),
                        Collections.frequency(owners, worker),
                        board.recordedBy(worker)))
                .toList();
        return new Look(elapsed, workers, owners, board.recorded(), plan.files().size());
    }

    private State state(String worker) {
        if (killed.contains(worker)) {
            return State.KILLED;
        }
        if (stopped.contains(worker)) {
            return State.STOPPED;
        }
        if (board.leader().map(Leader::memberId).filter(worker::equals).isPresent()) {
            return State.LEADING;
        }
        if (board.members().contains(worker)) {
            return State.WORKING;
        }
        return joined.contains(worker) ? State.OUT : State.STARTING;
    }
}
