package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import dev.muster.store.Trait;
import dev.muster.store.WatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds between processes, and when one of them is killed or stopped. */
abstract class ProcessPromises extends Promises {

    /** For a process to start and do its part, however busy the machine is. */
    private static final Duration STARTED = Duration.ofMinutes(1);

    /** The promise of an engine whose sessions end with their process. */
    private static final Duration PROMPT = Duration.ofSeconds(1);

    /** How much longer than promised a test waits, since the machine of a test does other things besides. */
    private static final int LENIENCE = 3;

    private final List<ChildProcess> children = new ArrayList<>();

    ProcessPromises(StoreContract engine) {
        super(engine);
    }

    @BeforeEach
    void requireProcesses() {
        requires(Trait.DISTRIBUTED_ACROSS_PROCESSES);
    }

    @AfterEach
    void killChildren() {
        children.forEach(ChildProcess::close);
    }

    private ChildProcess worker() {
        ChildProcess worker = StoreWorker.start(engine.url());
        children.add(worker);
        return worker;
    }

    private long shortTimeout() {
        return Math.max(store.limits().minSession().toMillis(), 2_000);
    }

    /** How long the entries of a dead process may remain. */
    private Duration takeOver() {
        return store.traits().contains(Trait.NON_TIMEOUT_BASED)
                ? PROMPT.multipliedBy(LENIENCE)
                : Duration.ofMillis(2 * shortTimeout()).plus(PROMPT.multipliedBy(LENIENCE));
    }

    @Test
    void aCommitOfOneProcessIsSeenByTheOther() {
        ChildProcess worker = worker();
        long mine = apply(in().put("a", text("mine")));
        assertThat(worker.ask("list " + directory)).isEqualTo("a=mine");
        long theirs = Long.parseLong(worker.ask("put " + directory + " b theirs"));
        assertThat(theirs).isGreaterThan(mine);
        assertThat(list().names()).containsExactly("a", "b");
        assertThat(entry("b").created()).isEqualTo(theirs);
        assertThat(apply(in().delete("a"))).isGreaterThan(theirs);
        assertThat(worker.ask("list " + directory)).isEqualTo("b=theirs");
        assertThat(worker.end()).isZero();
    }

    @Test
    void aWatchTellsTheCommitsOfOtherProcesses() {
        ChildProcess worker = worker();
        WatchRecorder recorder = watch().awaitListed();
        worker.ask("put " + directory + " a 1");
        recorder.awaitNames("a");
        worker.send("await " + directory + " b");
        apply(in().put("b", text("for the child")));
        assertThat(worker.answer()).isEqualTo("for the child");
        recorder.awaitStateOf(store, directory);
    }

    @Test
    void theSessionOfAnotherProcessIsAliveWhileTheProcessIs() {
        ChildProcess worker = worker();
        String id = worker.ask("session " + shortTimeout());
        worker.ask("own " + directory + " a 1");
        assertThat(entry("a").ownerId()).isEqualTo(id);
        Patience.pass("the time in which a neglected session would end", takeOver());
        assertThat(list().names()).containsExactly("a");
        assertThat(worker.ask("mayOwn")).isEqualTo("true");
        assertThat(worker.end()).isZero();
        Patience.await("the end of a session whose process has ended")
                .untilAsserted(() -> assertThat(list().entries()).isEmpty());
    }

    @Test
    void theSessionOfAKilledProcessEndsAndItsWatchersAreTold() {
        ChildProcess worker = worker();
        worker.ask("session " + shortTimeout());
        worker.ask("own " + directory + " a 1");
        worker.ask("own " + root + "/other b 1");
        apply(in().put("free", text("1")));
        WatchRecorder recorder = watch().awaitListed();
        WatchRecorder other = watch(open(), root + "/other", WatchOptions.ALL).awaitListed();
        long last = list().revision();
        long killed = System.nanoTime();
        worker.kill();
        Patience.await("the removal of a killed process's entries", takeOver())
                .until(() -> recorder.view().names().equals(List.of("free"))
                        && other.view().names().isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Patience.scaled(takeOver()));
        recorder.verify();
        assertThat(list().names()).containsExactly("free");
        assertThat(list().revision()).isGreaterThan(last);
        assertThat(apply(in().absent("a").put("a", text("2")))).isGreaterThan(last);
    }

    @Test
    void withoutAWatchACommitStillFindsTheEntriesOfAKilledProcessGone() {
        ChildProcess worker = worker();
        worker.ask("session " + shortTimeout());
        long token = Long.parseLong(worker.ask("own " + directory + " lock 1"));
        refused(commit(in().absent("lock").put("lock", text("2")).build()));
        worker.kill();
        Session session = session();
        Patience.await("the lock of a killed process", takeOver())
                .until(() -> commit(in().as(session)
                                .absent("lock")
                                .putOwned("lock", text("2"))
                                .build())
                        .isApplied());
        assertThat(entry("lock").created()).isGreaterThan(token);
    }

    @Test
    void aProcessThatIsKilledWhileItCommitsLeavesNoHalfCommit() {
        killWhileCommitting(3);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyProcessesThatAreKilledWhileTheyCommitLeaveNoHalfCommit() {
        killWhileCommitting(50);
    }

    private void killWhileCommitting(int rounds) {
        for (int round = 1; round <= rounds; round++) {
            ChildProcess worker = worker();
            worker.send("pairs " + directory);
            long acknowledged = 0;
            // Not the same moment each time.
            for (int answers = 0; answers <= round * 37 % 61; answers++) {
                acknowledged = Long.parseLong(worker.answer());
            }
            worker.kill();
            Listing left = list();
            assertThat(left.find("x").map(Entry::value))
                    .isEqualTo(left.find("y").map(Entry::value));
            assertThat(Long.parseLong(entry("x").value().utf8())).isGreaterThanOrEqualTo(acknowledged);
            assertThat(apply(in().put("after", text("1"))))
                    .isGreaterThan(entry("x").modified());
        }
    }

    @Test
    void theCommitsOfProcessesThatAreKilledAreInOneOrder() {
        killInHistory(4, 150);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void longHistoriesOfProcessesThatAreKilledAndStoppedAreInOneOrder() {
        killInHistory(60, 400);
    }

    /** Two workers go on to the end; others are killed beside them, while one of the two is stopped. */
    private void killInHistory(int kills, int operationsEach) {
        DirectoryHistory history = new DirectoryHistory(directory);
        List<ChildProcess> workers = new ArrayList<>();
        for (int i = 0; i < 2 + kills; i++) {
            ChildProcess worker = HistoryWorker.start(engine.url(), directory, "w" + i);
            children.add(worker);
            workers.add(worker);
            workers.get(0).send("" + operationsEach);
            workers.get(workers.size() > 1 ? 1 : 0).send("" + operationsEach);
            if (i >= 2) {
                worker.send("1000000");
                Patience.await("the history of a worker", STARTED).until(() -> worker.lines() > operationsEach);
                workers.get(0).stop();
                worker.kill();
                workers.get(0).resume();
            }
        }
        workers.get(0).end();
        workers.get(1).kill();
        Listing left = list();
        for (int i = 0; i < workers.size(); i++) {
            HistoryReader.read(workers.get(i).remaining(), directory, "w" + i, left, history);
        }
        history.verify(store.traits());
    }

    @Test
    void whatAKilledProcessWasToldIsAppliedIsThereWhenTheStoreIsOpenedAgain() {
        requires(Trait.DURABLE_ACROSS_CRASH);
        ChildProcess worker = worker();
        worker.send("pairs " + directory);
        worker.answer();
        store.close();
        long acknowledged = 0;
        for (int answers = 0; answers < 50; answers++) {
            acknowledged = Long.parseLong(worker.answer());
        }
        worker.kill();
        store = open();
        assertThat(Long.parseLong(entry("x").value().utf8())).isGreaterThanOrEqualTo(acknowledged);
        assertThat(entry("y").value()).isEqualTo(entry("x").value());
    }

    @Test
    void aProcessThatWasStoppedAndLostItsSessionKnowsItAtOnce() {
        requires(Trait.LEASE_SAFE);
        ChildProcess worker = worker();
        worker.ask("session " + shortTimeout());
        worker.ask("own " + directory + " a 1");
        worker.stop();
        long start = System.nanoTime();
        // Either the entry outlives the stop, or its owner must not believe in it when it goes on.
        Patience.await(
                        "the end of a stopped process's session, or of the time for it",
                        takeOver().multipliedBy(2))
                .until(() -> System.nanoTime() - start > takeOver().toNanos()
                        || list().entries().isEmpty());
        boolean gone = list().entries().isEmpty();
        worker.resume();
        String mayOwn = worker.ask("mayOwn");
        if (gone) {
            assertThat(mayOwn).isEqualTo("false");
        } else if (mayOwn.equals("true")) {
            assertThat(list().names()).containsExactly("a");
        }
    }
}
