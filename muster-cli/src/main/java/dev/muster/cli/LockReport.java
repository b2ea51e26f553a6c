package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.LockRequest;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Cancellable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells who waits for a lock, holds it, and lets it go. */
final class LockReport {

    private final String name;
    private final Report report;
    private Map<FencingToken, LockRequest> before = new LinkedHashMap<>();
    private boolean told;

    LockReport(String name, Report report) {
        this.name = name;
        this.report = report;
    }

    Cancellable start(Coordinator coordinator) {
        return coordinator.lock(name).observe(this::onRequests);
    }

    /** Those that are gone first, so that a hand-over reads in its order. */
    private void onRequests(List<LockRequest> requests) {
        Map<FencingToken, LockRequest> now = new LinkedHashMap<>();
        requests.forEach(request -> now.put(request.token(), request));
        before.forEach((token, request) -> {
            if (!now.containsKey(token)) {
                tell(request.isHolder() ? "released" : "gave up", request);
            }
        });
        now.forEach((token, request) -> {
            LockRequest was = before.get(token);
            if (was == null || was.isHolder() != request.isHolder()) {
                tell(request.isHolder() ? "holds" : "waits", request);
            }
        });
        if (!told && requests.isEmpty()) {
            free();
        }
        told = true;
        before = now;
    }

    private void free() {
        Instant now = Output.now();
        report.tell(Output.clock(now) + " free     " + name, Map.of("event", "free", "lock", name, "at", now));
    }

    private void tell(String event, LockRequest request) {
        Instant now = Output.now();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("event", event);
        fields.putAll(LocksCommand.fields(name, request));
        fields.remove("holds");
        fields.put("at", now);
        report.tell(
                Output.clock(now) + " " + String.format("%-8s", event) + " " + request.memberId() + " ("
                        + LocksCommand.mode(request.mode()) + ", token " + request.token() + ")",
                fields);
    }
}
