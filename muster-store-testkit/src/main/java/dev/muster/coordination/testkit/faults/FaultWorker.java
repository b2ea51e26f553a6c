package dev.muster.coordination.testkit.faults;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.Inbox;
import dev.muster.coordination.election.Leadership;
import dev.muster.coordination.fence.FencedDirectory;
import dev.muster.coordination.fence.StaleToken;
import dev.muster.coordination.lock.LockHandle;
import dev.muster.coordination.ownership.Ownership;
import dev.muster.store.Bytes;
import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.MusterException;
import dev.muster.store.testkit.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that wants a lock or to lead, for ever: once it owns it stamps a target, acts and writes to it every few
 * milliseconds while it believes, and once more when it no longer does; then it begins anew. It prints what it sees, with
 * the machine's monotonic time:
 *
 * <pre>
 * acquired TOKEN NANOS ASKED     it owns; when it began to ask
 * acted TOKEN NANOS              it read the time, then found itself valid
 * wrote TOKEN NANOS REVISION     the target took a write of its
 * stale TOKEN NANOS              the target refused it
 * lost TOKEN NANOS               its listener was told of the loss
 * failed TOKEN NANOS             an operation failed, or its outcome is unknown
 * </pre>
 */
final class FaultWorker {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long BREATH = TimeUnit.MILLISECONDS.toNanos(100);

    private final Coordinator coordinator;
    private final FaultSetup setup;

    private FaultWorker(Coordinator coordinator, FaultSetup setup) {
        this.coordinator = coordinator;
        this.setup = setup;
    }

    public static void main(String[] arguments) {
        FaultSetup setup = FaultSetup.parse(arguments);
        Thread end = new Thread(FaultWorker::endWithInput, "end with input");
        end.setDaemon(true);
        end.start();
        CoordinatorOptions options = CoordinatorOptions.member(FaultSetup.member(arguments))
                .namespace(setup.namespace())
                .sessionTimeout(setup.lease())
                .build();
        while (true) {
            try (Coordinator coordinator = Coordinator.over(FaultSetup.url(arguments), options)) {
                coordinator.start();
                new FaultWorker(coordinator, setup).ownOnce();
            } catch (MusterException e) {
                tell("failed 0 " + System.nanoTime());
                LockSupport.parkNanos(BREATH);
            }
        }
    }

    private static void endWithInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        } catch (IOException e) {
            // As its end.
        }
        Runtime.getRuntime().halt(0);
    }

    private static void tell(String line) {
        ChildProcess.reply(line);
    }

    private void ownOnce() {
        long asked = System.nanoTime();
        Optional<? extends Ownership> acquired = setup.leads() ? lead() : acquire();
        if (acquired.isEmpty()) {
            return;
        }
        Ownership owned = acquired.get();
        long token = owned.token().value();
        tell("acquired " + token + " " + System.nanoTime() + " " + asked);
        CountDownLatch told = new CountDownLatch(1);
        owned.onLost(loss -> {
            tell("lost " + token + " " + System.nanoTime());
            told.countDown();
        });
        try {
            work(owned, token);
        } catch (StaleToken e) {
            tell("stale " + token + " " + System.nanoTime());
        }
        awaitNotice(told);
    }

    /** To close the coordinator is to give up, and nobody is told of the loss of what was given up. */
    private static void awaitNotice(CountDownLatch told) {
        try {
            told.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<LockHandle> acquire() {
        return coordinator.lock("wanted").tryAcquire(PATIENCE);
    }

    private Optional<Leadership> lead() {
        Inbox<Leadership> elected = new Inbox<>();
        coordinator.election("wanted").run(elected);
        return elected.poll(PATIENCE);
    }

    private void work(Ownership owned, long token) {
        FencedDirectory target = FencedDirectory.stamp(coordinator.store(), setup.target(), owned.token(), PATIENCE);
        boolean believes = true;
        while (believes) {
            long before = System.nanoTime();
            believes = owned.isValid();
            if (believes) {
                tell("acted " + token + " " + before);
            }
            write(target, token);
            LockSupport.parkNanos(PAUSE);
        }
    }

    private void write(FencedDirectory target, long token) {
        Change.Put put = new Change.Put("last", Bytes.utf8(Long.toString(token)), false);
        try {
            CommitResult result = setup.fenced()
                    ? target.commit(commit -> commit.change(put))
                    : coordinator
                            .store()
                            .commit(Commit.in(setup.target()).change(put).build(), PATIENCE);
            if (result instanceof CommitResult.Applied applied) {
                tell("wrote " + token + " " + System.nanoTime() + " " + applied.revision());
            }
        } catch (StaleToken e) {
            throw e;
        } catch (MusterException e) {
            tell("failed " + token + " " + System.nanoTime());
        }
    }
}
