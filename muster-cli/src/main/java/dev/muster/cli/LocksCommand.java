package dev.muster.cli;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.lock.LockMode;
import dev.muster.coordination.lock.LockRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code muster locks}: who holds what. */
@Command(
        name = "locks",
        header = "Show who holds which lock, since when, and who waits.",
        description = {
            "",
            "One line for each holder; with --json one object for each holder and each waiter, in the order in which they"
                    + " are served. 'Since' is by the holder's own clock, and means since it asked for the lock."
        })
final class LocksCommand implements Callable<Integer> {

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        try (Coordinator coordinator = store.connect()) {
            Table table = new Table("LOCK", "HOLDER", "MODE", "TOKEN", "SINCE", "WAITING");
            for (String name : coordinator.lockNames()) {
                List<LockRequest> requests = coordinator.lock(name).requests();
                if (output.json) {
                    requests.forEach(request -> output.json(fields(name, request)));
                } else {
                    addRows(table, name, requests);
                }
            }
            output.table(table, "no lock is held in namespace " + store.namespace);
            return ExitCode.OK;
        }
    }

    static Map<String, Object> fields(String name, LockRequest request) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("lock", name);
        fields.put("member", request.memberId());
        fields.put("holds", request.isHolder());
        fields.put("mode", mode(request.mode()));
        fields.put("token", request.token());
        fields.put("since", request.since());
        return fields;
    }

    static String mode(LockMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private static void addRows(Table table, String name, List<LockRequest> requests) {
        String waiting = requests.stream()
                .filter(request -> !request.isHolder())
                .map(LockRequest::memberId)
                .collect(Collectors.joining(", "));
        requests.stream()
                .filter(LockRequest::isHolder)
                .forEach(holder -> table.row(
                        name,
                        holder.memberId(),
                        mode(holder.mode()),
                        holder.token().toString(),
                        Output.clock(holder.since()),
                        waiting.isEmpty() ? "-" : waiting));
    }
}
