package dev.muster.cli.demo;

import dev.muster.coordination.election.Leadership;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import dev.muster.store.Watch;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's duty: when all is recorded, it writes the manifest aside, in a file of its own term, and declares it by a
 * commit that applies only while the term lasts. Of two who believe that they lead, one declares.
 */
final class Assembly {

    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 5;

    private final Plan plan;
    private final Store store;
    private final String directory;
    private final Leadership leadership;
    private final Path folder;
    private final Map<Integer, FileRecord> records = new HashMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private boolean ended;

    /**
     * For one term.
     *
     * @param directory of the election
     */
    Assembly(Plan plan, Store store, String directory, Leadership leadership, Path folder) {
        this.plan = plan;
        this.store = store;
        this.directory = directory;
        this.leadership = leadership;
        this.folder = folder;
    }

    /** Follows what is recorded, as long as the term lasts. */
    void start() {
        leadership.onLost(cause -> end());
        WatchListener listener = this::onEvent;
        for (int partition = 0; partition < plan.partitions(); partition++) {
            keep(store.watch(plan.results(partition), WatchOptions.ALL, listener));
        }
    }

    private synchronized void keep(Watch watch) {
        if (ended) {
            watch.close();
        } else {
            watches.add(watch);
        }
    }

    private void end() {
        List<Watch> all;
        synchronized (this) {
            ended = true;
            all = List.copyOf(watches);
            watches.clear();
        }
        all.forEach(Watch::close);
    }

    private void onEvent(WatchEvent event) {
        List<Entry> entries = event instanceof WatchEvent.Listed listed
                ? listed.listing().entries()
                : ((WatchEvent.Changed) event).puts();
        boolean complete;
        synchronized (this) {
            if (ended) {
                return;
            }
            for (Entry entry : entries) {
                if (FileRecord.isName(entry.name())) {
                    records.put(FileRecord.file(entry.name()), FileRecord.decode(entry.value()));
                }
            }
            complete = records.size() == plan.files().size();
        }
        if (complete) {
            end();
            declare();
        }
    }

    private void declare() {
        String term = leadership.token().toString();
        byte[] manifest = Manifest.of(plan.files(), records).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("manifest." + term);
        try {
            Files.write(file, manifest);
        } catch (IOException e) {
            LOG.warn("cannot write {}: {}", file, e.getMessage());
            return;
        }
        Bytes declaration = Bytes.utf8(file.getFileName() + " " + Digests.of(manifest));
        for (int attempt = 0; leadership.isValid() && attempt < ATTEMPTS; attempt++) {
            try {
                Commit.Builder commit = leadership.guard(Commit.in(directory)).put(Plan.MANIFEST, declaration);
                if (!store.commit(commit.build(), PATIENCE).isApplied()) {
                    LOG.info("the term {} was over before the manifest was declared", term);
                }
                return;
            } catch (MusterException e) {
                LOG.warn("the manifest of term {} is not declared yet: {}", term, e.getMessage());
            }
        }
    }
}
