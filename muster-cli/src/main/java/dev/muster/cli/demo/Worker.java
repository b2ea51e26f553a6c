package dev.muster.cli.demo;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.election.Election;
import dev.muster.coordination.fence.StaleToken;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.coordination.partition.PartitionOptions;
import dev.muster.coordination.partition.Partitioner;
import dev.muster.store.MusterException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker process of the demo: a member of the group, a candidate for its leader, and a worker on its partitions. */
public final class Worker {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Path folder;
    private final Plan plan;
    private final Coordinator coordinator;
    private final Signal changed = new Signal();
    private final CountDownLatch never = new CountDownLatch(1);

    /** A worker of the demo whose plan lies in the folder. */
    public Worker(Path folder, String storeUrl, String member, Duration session) throws IOException {
        this.folder = folder;
        this.plan = Plan.read(folder.resolve(Demo.PLAN));
        this.coordinator = Coordinator.over(
                storeUrl,
                CoordinatorOptions.member(member)
                        .namespace(plan.namespace())
                        .sessionTimeout(session)
                        .rejoin(true)
                        .build());
    }

    /** Works until the parent says that it is done. */
    public void run() throws InterruptedException {
        try (coordinator;
                Markers markers = new Markers(coordinator.start(), plan.control(), changed::raise);
                Partitioner partitioner = coordinator.partition(Plan.GROUP, PartitionOptions.DEFAULT)) {
            Election election = coordinator.election(Plan.ELECTION);
            election.run(leadership ->
                    new Assembly(plan, coordinator.store(), election.directory(), leadership, folder).start());
            partitioner.onChange(ring -> changed.raise());
            work(markers, new Parts(plan, coordinator, partitioner, changed::raise));
        }
    }

    private void work(Markers markers, Parts parts) throws InterruptedException {
        int last = -1;
        while (!markers.has(Markers.DONE)) {
            try {
                parts.settle();
                Optional<Integer> next = parts.withWork(last, file -> isAllowed(markers, file));
                if (next.isPresent()) {
                    last = next.get();
                    step(markers, parts, last);
                } else {
                    changed.await(LOOK);
                }
            } catch (MusterException e) {
                LOG.info("{}: {}", coordinator.memberId(), e.getMessage());
                changed.await(LOOK);
            }
        }
    }

    private boolean isAllowed(Markers markers, int file) {
        return markers.has(Markers.START) && (file < plan.early() || markers.has(Markers.OPEN));
    }

    /** Works on some files of a partition, makes sure that it is still held, and records the results. */
    private void step(Markers markers, Parts parts, int partition) throws InterruptedException {
        Part part = parts.get(partition).orElseThrow();
        List<Integer> files = part.next(plan.batch(), file -> isAllowed(markers, file));
        Map<Integer, FileRecord> found = new LinkedHashMap<>();
        for (int file : files) {
            found.put(file, digest(file));
        }
        never.await(plan.pace().toNanos(), TimeUnit.NANOSECONDS);
        if (!part.lock().isValid()) {
            parts.drop(partition);
            return;
        }
        // Between the look at the lock and the write there is always a moment. Here it is as long as the parent wants.
        boolean held = holds(markers, files, part.lock().token());
        try {
            if (part.record(found).isApplied() && held) {
                markers.set(Markers.ACCEPTED + coordinator.memberId());
            }
        } catch (StaleToken late) {
            parts.drop(partition);
            markers.set(
                    Markers.REFUSED + coordinator.memberId(),
                    late.token().toString(),
                    late.stamped().map(FencingToken::toString).orElse("?"));
        }
    }

    private boolean holds(Markers markers, List<Integer> files, FencingToken token) throws InterruptedException {
        Optional<String[]> asked = markers.values(Markers.HOLD);
        if (asked.isEmpty()
                || !files.contains(Integer.parseInt(asked.get()[0]))
                || markers.has(Markers.HELD)
                || !markers.set(Markers.HELD, coordinator.memberId(), token.toString())) {
            return false;
        }
        while (!markers.has(Markers.RELEASE) && !markers.has(Markers.DONE)) {
            changed.await(LOOK);
        }
        return true;
    }

    private FileRecord digest(int file) {
        try {
            return new FileRecord(Digests.of(plan.root().resolve(plan.files().get(file))), coordinator.memberId());
        } catch (IOException e) {
            LOG.warn("cannot read {}: {}", plan.files().get(file), e.getMessage());
            return new FileRecord(FileRecord.UNREADABLE, coordinator.memberId());
        }
    }
}
