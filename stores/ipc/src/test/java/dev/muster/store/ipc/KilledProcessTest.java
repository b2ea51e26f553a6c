package dev.muster.store.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Store;
import dev.muster.store.testkit.ChildProcess;
import dev.muster.store.testkit.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed and stopped at any moment of their work: of commits, and of moving the log. */
class KilledProcessTest {

    private static final int AT_ONCE = 3;

    @TempDir
    Path folder;

    private String uri;
    private Store store;
    private final List<ChildProcess> children = new ArrayList<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final Random random = new Random(7);

    @BeforeEach
    void open() {
        uri = "ipc://kill?dir=" + folder;
        store = Store.open(uri);
    }

    @AfterEach
    void close() {
        children.forEach(ChildProcess::close);
        store.close();
    }

    @Test
    void whatWasAcknowledgedOutlivesTheKillAndNobodyIsHeldUp() throws Exception {
        killAgainAndAgain(25);
    }

    @Test
    @Tag("slow")
    void whatWasAcknowledgedOutlivesFiveHundredKills() throws Exception {
        killAgainAndAgain(500);
    }

    private void killAgainAndAgain(int kills) throws Exception {
        makeMovesOfTheLogLong();
        for (int i = 0; i < AT_ONCE; i++) {
            startWorker();
        }
        for (int kill = 0; kill < kills; kill++) {
            ChildProcess victim = children.get(kill);
            expect(victim, "ready");
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(60)).toNanos());
            victim.kill();
            startWorker();
            verify(kill);
        }
        children.forEach(ChildProcess::close);
        for (ChildProcess child : children) {
            child.kill();
        }
        for (int worker = 0; worker < children.size(); worker++) {
            verify(worker);
        }
        long known = acknowledged.stream().mapToLong(Acknowledged::shared).sum();
        assertThat(counter()).isBetween(known, known + children.size());
        Patience.await("the removal of what the killed owned")
                .untilAsserted(() -> assertThat(list().entries()).noneMatch(Entry::isOwned));
    }

    /** Much that lives in the same log is much to copy: a good part of the kills fall into that. */
    private void makeMovesOfTheLogLong() {
        SharedSpace space = ((IpcStore) store).space();
        int number = 0;
        while (space.shard("ballast" + number) != space.shard(Worker.DIRECTORY)) {
            number++;
        }
        String neighbour = "ballast" + number;
        for (int i = 0; i < 3000; i++) {
            store.commit(
                    Commit.in(neighbour).put("n" + i, Bytes.wrap(new byte[100])).build(), Patience.deadline());
        }
    }

    /** Nothing that the worker knew of is missing, and there is nothing beyond the one commit it was killed in. */
    private void verify(int worker) {
        store.commit(
                Commit.in(Worker.DIRECTORY).put("parent", Bytes.utf8("here")).build(), Patience.deadline());
        long known = acknowledged.get(worker).own();
        long there = list().find("last-" + worker)
                .map(entry -> Long.parseLong(entry.value().utf8()))
                .orElse(0L);
        assertThat(there).as("the last value of worker " + worker).isBetween(known, known + 1);
    }

    @Test
    void aStoppedProcessHoldsUpNobodyAndGoesOnWhereItWas() throws Exception {
        startWorker();
        expect(children.get(0), "ready");
        for (int round = 0; round < 15; round++) {
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(20)).toNanos());
            children.get(0).stop();
            long stopped = acknowledged.get(0).own();
            for (int i = 0; i < 500; i++) {
                Worker.raise(store);
            }
            assertThat(list().find("last-0").isPresent() || stopped == 0).isTrue();
            children.get(0).resume();
            Patience.await("a commit of the process that goes on")
                    .until(() -> acknowledged.get(0).own() > stopped + 1);
        }
        children.get(0).kill();
        verify(0);
        long known = 15 * 500 + acknowledged.get(0).shared();
        assertThat(counter()).isBetween(known, known + 1);
    }

    @Test
    void noIncrementIsLostAmongManyProcesses() throws Exception {
        int rounds = 1500;
        for (int i = 0; i < 3; i++) {
            startWorker(rounds);
        }
        for (ChildProcess child : children) {
            expect(child, "ready");
            expect(child, "done");
        }
        assertThat(counter()).isEqualTo(3L * rounds);
    }

    @Test
    void whatAKilledProcessOwnedIsGoneWithinASecond() throws Exception {
        for (int round = 0; round < 4; round++) {
            try (ChildProcess child = ChildProcess.start(Owner.class, uri)) {
                expect(child, "owned");
                assertThat(store.list("owned", Patience.deadline()).names()).containsExactly("mine");
                child.kill();
                Patience.await("the end of a killed session", Duration.ofSeconds(1))
                        .untilAsserted(() -> assertThat(
                                        store.list("owned", Patience.deadline()).entries())
                                .isEmpty());
            }
        }
    }

    @Test
    void theCheckOfKillsFindsAnAcknowledgementWithoutACommit() throws Exception {
        startWorker();
        expect(children.get(0), "ready");
        Patience.await("some commits").until(() -> acknowledged.get(0).own() > 3);
        children.get(0).kill();
        acknowledged.get(0).own(acknowledged.get(0).own() + 2);
        assertThatThrownBy(() -> verify(0)).isInstanceOf(AssertionError.class);
    }

    private static void expect(ChildProcess child, String answer) {
        assertThat(child.answer()).isEqualTo(answer);
    }

    private void startWorker() {
        startWorker(Long.MAX_VALUE);
    }

    private void startWorker(long rounds) {
        int number = children.size();
        Path file = folder.resolve("acknowledged-" + number);
        acknowledged.add(Acknowledged.in(file));
        children.add(ChildProcess.start(
                Worker.class, uri, Integer.toString(number), file.toString(), Long.toString(rounds)));
    }

    private Listing list() {
        return store.list(Worker.DIRECTORY, Patience.deadline());
    }

    private long counter() {
        return list().find(Worker.COUNTER)
                .map(entry -> Long.parseLong(entry.value().utf8()))
                .orElse(0L);
    }
}
