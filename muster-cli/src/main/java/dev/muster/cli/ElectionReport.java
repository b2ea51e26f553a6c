package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.election.Leader;
import dev.muster.store.Cancellable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells who leads an election. */
final class ElectionReport {

    private final String name;
    private final Report report;

    ElectionReport(String name, Report report) {
        this.name = name;
        this.report = report;
    }

    Cancellable start(Coordinator coordinator) {
        return coordinator.election(name).observe(this::onLeader);
    }

    private void onLeader(Optional<Leader> leader) {
        Instant now = Output.now();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("event", leader.isPresent() ? "leader" : "no-leader");
        fields.put("election", name);
        leader.ifPresent(who -> {
            fields.put("leader", who.memberId());
            fields.put("token", who.token());
        });
        fields.put("at", now);
        report.tell(
                Output.clock(now)
                        + leader.map(who -> " leader   " + who.memberId() + ", term " + who.token())
                                .orElse(" nobody leads"),
                fields);
    }
}
