package dev.muster.benchmarks.against;

import dev.muster.benchmarks.peer.Tenure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What clients did side by side in one round.
 *
 * @param clients the tenures of each
 * @param about how long they were told to work
 */
record Round(List<List<Tenure>> clients, Duration about) {

    /** One's tenure. */
    private record Held(int client, Tenure tenure) {}

    /** How many a second came to their end in the time given. Those that ended later had more time, and do not count. */
    double rate() {
        long begin = all().stream()
                .map(held -> held.tenure().asked())
                .min((a, b) -> Long.signum(a - b))
                .orElse(0L);
        long whole = all().stream()
                .filter(held -> held.tenure().left() - begin <= about.toNanos())
                .count();
        return whole * 1e9 / about.toNanos();
    }

    /** How long each waited to have it, in ms. */
    double[] waits() {
        return all().stream()
                .mapToDouble(held -> (held.tenure().had() - held.tenure().asked()) / 1e6)
                .toArray();
    }

    /**
     * From each call that gave it up to the return of the call by which another had it next, in ms. A client that had it
     * twice running handed nothing over.
     */
    double[] handOvers() {
        List<Held> order = inOrder();
        return pairs(order).stream()
                .filter(pair -> pair[0].client() != pair[1].client())
                .mapToDouble(pair -> (pair[1].tenure().had() - pair[0].tenure().leaving()) / 1e6)
                .toArray();
    }

    /** How often one had it before the one before had begun to give it up: never, if it is a lock. */
    long overlaps() {
        return pairs(inOrder()).stream()
                .filter(pair -> pair[1].tenure().had() - pair[0].tenure().leaving() < 0)
                .count();
    }

    /** How many tenures there were. */
    int count() {
        return clients.stream().mapToInt(List::size).sum();
    }

    private static List<Held[]> pairs(List<Held> order) {
        List<Held[]> pairs = new ArrayList<>();
        for (int i = 1; i < order.size(); i++) {
            pairs.add(new Held[] {order.get(i - 1), order.get(i)});
        }
        return pairs;
    }

    private List<Held> inOrder() {
        List<Held> order = all();
        order.sort(Comparator.comparing(Held::tenure, (a, b) -> Long.signum(a.had() - b.had())));
        return order;
    }

    private List<Held> all() {
        List<Held> all = new ArrayList<>();
        for (int client = 0; client < clients.size(); client++) {
            for (Tenure tenure : clients.get(client)) {
                all.add(new Held(client, tenure));
            }
        }
        return all;
    }
}
