package dev.muster.store.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.OutcomeUnknownException;
import dev.muster.store.Settlement;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Several clients commit and list at random while the link of some is cut and healed many times; what they were told must
 * be one history. What was acknowledged and is missing, or was settled as never and is there, shows in a later listing.
 */
final class CutHistory {

    private static final int FAR_CLIENTS = 3;
    private static final Duration NOTICED = Duration.ofMillis(300);

    /** A client that waits before it connects again makes each cut cost its time: then fewer will do. */
    private static final Duration ENOUGH = Duration.ofSeconds(30);

    private static final int LEAST_ROUNDS = 10;

    private final LinkPromises test;
    private final int rounds;
    private final DirectoryHistory history;
    private final List<AtomicInteger> acknowledged = new ArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean over;

    CutHistory(LinkPromises test, int rounds) {
        this.test = test;
        this.rounds = rounds;
        this.history = new DirectoryHistory(test.directory);
    }

    void run() {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < FAR_CLIENTS; i++) {
            add(tasks, "far " + i, i == 0 ? test.far : test.openFar());
        }
        add(tasks, "near", test.store);
        tasks.add(() -> {
            try {
                cutAndHeal();
            } finally {
                over = true;
                test.proxy.pass();
            }
            return null;
        });
        Concurrently.call(tasks, Duration.ofSeconds(100));
        history.list("near", test.store);
        history.verify(test.store.traits());
    }

    private void add(List<Callable<Void>> tasks, String name, Store client) {
        AtomicInteger count = new AtomicInteger();
        acknowledged.add(count);
        RandomCommits commits = new RandomCommits(tasks.size(), test.directory);
        tasks.add(() -> {
            Listing known = new Listing(0, List.of());
            while (!over) {
                try {
                    known = step(name, client, commits, known);
                    count.incrementAndGet();
                } catch (OutcomeUnknownException settled) {
                    known = new Listing(0, List.of());
                } catch (MusterException expected) {
                    failures.incrementAndGet();
                }
            }
            return null;
        });
    }

    private Listing step(String name, Store client, RandomCommits commits, Listing known) {
        if (commits.drawsListing()) {
            return history.list(name, client);
        }
        Commit commit = commits.next(known).build(Commit.Reply.ENTRIES);
        long start = System.nanoTime();
        try {
            CommitResult result = client.commit(commit, Patience.deadline());
            history.add(Operation.committed(name, start, System.nanoTime(), commit, result));
            return result.listing();
        } catch (OutcomeUnknownException e) {
            failures.incrementAndGet();
            if (Retrying.settle(client, commit) instanceof Settlement.Applied applied) {
                history.add(Operation.settled(name, start, System.nanoTime(), commit, applied.revision()));
            }
            throw e;
        }
    }

    private void cutAndHeal() {
        Random random = new Random(1);
        long end = System.nanoTime() + Patience.scaled(ENOUGH).toNanos();
        for (int round = 0; round < rounds && (round < LEAST_ROUNDS || System.nanoTime() < end); round++) {
            awaitMore(1 + random.nextInt(10));
            if (round % 2 == 0) {
                test.proxy.cut();
            } else {
                partitionUntilNoticed();
            }
        }
        awaitMore(5);
    }

    /** Until an operation fails; or for a moment, where an engine keeps operations back until it is connected. */
    private void partitionUntilNoticed() {
        int before = failures.get();
        test.proxy.partition();
        long start = System.nanoTime();
        Patience.await("a failure by the cut")
                .until(() -> failures.get() > before || System.nanoTime() - start > NOTICED.toNanos());
        test.proxy.pass();
    }

    /** Lets every client do some more. */
    private void awaitMore(int steps) {
        for (AtomicInteger count : acknowledged) {
            int before = count.get();
            Patience.await("what a client does once the link is healed").until(() -> count.get() >= before + steps);
        }
    }
}
