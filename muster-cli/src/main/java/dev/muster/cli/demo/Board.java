package dev.muster.cli.demo;

import dev.muster.coordination.Coordinator;
import dev.muster.coordination.election.Election;
import dev.muster.coordination.election.Leader;
import dev.muster.coordination.group.Member;
import dev.muster.store.Cancellable;
import dev.muster.store.Entry;
import dev.muster.store.Store;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchListener;
import dev.muster.store.WatchOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an onlooker learns of the demo from the store alone, kept up to date by watches. Thread-safe. */
final class Board implements AutoCloseable {

    private final Plan plan;
    private final Runnable onChange;
    private final List<Cancellable> watches = new ArrayList<>();
    private final String[] owners;
    private final BitSet recorded = new BitSet();
    private final Map<String, Integer> recordedBy = new TreeMap<>();
    private final Map<Integer, String> recorder = new TreeMap<>();
    private List<String> members = List.of();
    private @Nullable Leader leader;
    private @Nullable String manifest;

    Board(Plan plan, Runnable onChange) {
        this.plan = plan;
        this.onChange = onChange;
        this.owners = new String[plan.partitions()];
        java.util.Arrays.fill(owners, "");
    }

    Board watch(Coordinator coordinator) {
        Store store = coordinator.store();
        Election election = coordinator.election(Plan.ELECTION);
        watches.add(coordinator.group(Plan.GROUP).observe(this::onMembers));
        watches.add(election.observe(this::onLeader));
        watches.add(
                store.watch(election.directory(), WatchOptions.names(Plan.MANIFEST), entries(this::onElectionEntry))
                        ::close);
        for (int partition = 0; partition < plan.partitions(); partition++) {
            int number = partition;
            watches.add(store.watch(
                    plan.results(partition), WatchOptions.ALL, entries(entry -> onResult(number, entry)))::close);
        }
        return this;
    }

    private interface EntryListener {
        void onEntry(Entry entry);
    }

    /** Entries of a demo are put and never removed. */
    private WatchListener entries(EntryListener listener) {
        return event -> {
            List<Entry> entries = event instanceof WatchEvent.Listed listed
                    ? listed.listing().entries()
                    : ((WatchEvent.Changed) event).puts();
            synchronized (this) {
                entries.forEach(listener::onEntry);
            }
            onChange.run();
        };
    }

    private void onElectionEntry(Entry entry) {
        manifest = entry.value().utf8();
    }

    private void onResult(int partition, Entry entry) {
        if (entry.name().equals(Part.OWNER)) {
            owners[partition] = entry.value().utf8();
        } else if (FileRecord.isName(entry.name()) && !recorded.get(FileRecord.file(entry.name()))) {
            String worker = FileRecord.decode(entry.value()).worker();
            recorded.set(FileRecord.file(entry.name()));
            recorder.put(FileRecord.file(entry.name()), worker);
            recordedBy.merge(worker, 1, Integer::sum);
        }
    }

    private void onMembers(List<Member> now) {
        synchronized (this) {
            members = now.stream().map(Member::id).sorted().toList();
        }
        onChange.run();
    }

    private void onLeader(Optional<Leader> now) {
        synchronized (this) {
            leader = now.orElse(null);
        }
        onChange.run();
    }

    synchronized List<String> members() {
        return members;
    }

    synchronized Optional<Leader> leader() {
        return Optional.ofNullable(leader);
    }

    /** The file with the manifest and its digest, once the leader has declared it. */
    synchronized Optional<String[]> manifest() {
        return Optional.ofNullable(manifest).map(text -> text.split(" ", -1));
    }

    /** Who has each partition, or had it last; empty text where nobody had it yet. */
    synchronized List<String> owners() {
        return List.of(owners);
    }

    /** Whether every partition has an owner that is a member. */
    synchronized boolean isSharedOut() {
        return members.containsAll(List.of(owners));
    }

    synchronized int recorded() {
        return recorded.cardinality();
    }

    synchronized int recordedBy(String worker) {
        return recordedBy.getOrDefault(worker, 0);
    }

    synchronized Optional<String> recorder(int file) {
        return Optional.ofNullable(recorder.get(file));
    }

    /** A file from this index on, not recorded yet, in a partition of somebody else if there is one. */
    synchronized int unrecorded(int from, String notOf) {
        int any = recorded.nextClearBit(from);
        for (int file = any; file < plan.files().size(); file = recorded.nextClearBit(file + 1)) {
            if (!owners[plan.partitionOf(file)].equals(notOf)) {
                return file;
            }
        }
        return any;
    }

    @Override
    public void close() {
        watches.forEach(Cancellable::cancel);
    }
}
