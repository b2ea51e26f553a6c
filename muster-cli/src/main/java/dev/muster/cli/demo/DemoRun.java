package dev.muster.cli.demo;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.InvalidArgument;
import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the demo from its preparation to the verdict, which leaves nothing behind: no process, file or entry. */
public final class DemoRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DemoRun.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int FEWEST_WORKERS = 2;

    private final Plan plan;
    private final Path folder;
    private final String url;
    private final boolean ownStore;
    private final Crew crew;
    private final View view;
    private boolean closed;

    /**
     * Prepares a run.
     *
     * @param over the folder whose files are shared out; null for those that git tracks in the home
     * @param home this project's folder
     * @param storeUrl of a store to use, in a namespace that is removed afterwards; null for one that is made and removed
     * @param workerCommand makes the main class and arguments of a worker, from the demo's folder and the store's URL; the
     *     member's id is put behind
     */
    public DemoRun(
            @Nullable Path over,
            Path home,
            @Nullable String storeUrl,
            int workers,
            Function<Path, Function<String, List<String>>> workerCommand,
            View view)
            throws IOException {
        if (workers < FEWEST_WORKERS) {
            throw new InvalidArgument("number of workers is " + workers + ": at least " + FEWEST_WORKERS
                    + " are needed, since one is stopped on the way");
        }
        Path root = (over == null ? home : over).toAbsolutePath().normalize();
        Optional<List<String>> tracked = over == null ? FileList.tracked(root) : Optional.empty();
        List<String> files = tracked.isPresent() ? tracked.get() : FileList.beneath(root);
        if (files.isEmpty()) {
            throw new InvalidArgument("there is no file in " + root + " to share out: name another folder with --over");
        }
        this.plan = new Plan(root, "demo-" + Nonce.next(), workers, files);
        this.view = view;
        this.folder = Files.createTempDirectory("muster-demo-");
        this.ownStore = storeUrl == null;
        this.url = storeUrl != null
                ? storeUrl
                : "file://" + folder.toUri().getRawPath() + "store?lease=" + Demo.LEASE.toSeconds() + "s";
        this.crew = new Crew(folder, workerCommand.apply(folder).apply(url));
        plan.write(folder.resolve(Demo.PLAN));
    }

    /**
     * Plays the demo and holds its manifest against {@code sha256sum}.
     *
     * @param manifest where to keep the manifest, or null
     * @return whether all came about, and the manifest is right
     */
    public boolean run(@Nullable Path manifest) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (Coordinator coordinator = connect()) {
            Demo demo = new Demo(plan, folder, coordinator, crew, view);
            try {
                byte[] declared = demo.play();
                view.end();
                crew.end(PATIENCE);
                if (manifest != null) {
                    Files.write(manifest.toAbsolutePath(), declared);
                }
                return verdict(Verification.of(declared, plan), since(begin));
            } catch (DemoFailed failed) {
                view.end();
                crew.close();
                view.tell(since(begin), "FAILED: " + failed.getMessage());
                crew.logs(8).forEach(line -> view.tell(since(begin), line));
                return false;
            } finally {
                demo.close();
                if (!ownStore) {
                    clear(coordinator.store());
                }
            }
        }
    }

    private Coordinator connect() {
        return Coordinator.over(
                        url,
                        CoordinatorOptions.member("demo")
                                .namespace(plan.namespace())
                                .build())
                .start();
    }

    private boolean verdict(Verification verification, Duration elapsed) {
        view.tell(
                elapsed,
                verification.isEqual()
                        ? "the manifest equals that of " + verification.by() + ", byte for byte"
                        : "FAILED: the manifest differs from that of " + verification.by() + ", "
                                + verification.difference());
        return verification.isEqual();
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Removes what the demo has put into a store that stays. */
    private void clear(Store store) {
        try {
            for (String directory : store.directories(plan.namespace() + "/").join()) {
                List<Entry> entries = store.list(directory, PATIENCE).entries();
                int most = store.limits().commitChanges();
                for (int from = 0; from < entries.size(); from += most) {
                    Commit.Builder commit = Commit.in(directory);
                    entries.subList(from, Math.min(entries.size(), from + most))
                            .forEach(entry -> commit.delete(entry.name()));
                    store.commit(commit.build(), PATIENCE);
                }
            }
        } catch (MusterException e) {
            LOG.warn("namespace {} is left behind: {}", plan.namespace(), e.getMessage());
        }
    }

    /** Ends the workers and removes the demo's folder. Idempotent; also called where the process is told to end. */
    @Override
    public void close() {
        crew.close();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} is left behind: {}", folder, e.getMessage());
        }
    }
}
