package dev.muster.store.zookeeper;

import dev.muster.store.Commit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One state of what a commit names.
 *
 * @param directoryExists whether the directory has a node
 * @param generation the version of its bucket
 * @param entries of those that exist
 * @param names all of the directory, where they were asked for
 */
record Knowledge(
        boolean directoryExists,
        int generation,
        Map<String, Stat> entries,
        @Nullable List<String> names) {

    /** Of a directory that has no node, as far as is known. */
    static final Knowledge NO_DIRECTORY = new Knowledge(false, -1, Map.of(), null);

    @Nullable
    Stat of(String name) {
        return entries.get(name);
    }

    static Set<String> namesOf(Commit commit) {
        Set<String> names = new LinkedHashSet<>();
        commit.guards().forEach(guard -> names.add(guard.name()));
        commit.changes().forEach(change -> names.add(change.name()));
        return names;
    }

    /** Reads what the commit names, not older than what was committed when this was called. */
    static CompletableFuture<Knowledge> read(Handle handle, Layout layout, Commit commit, boolean withNames) {
        String directory = layout.directory(commit.directory());
        List<String> names = List.copyOf(namesOf(commit));
        List<Op> reads = new ArrayList<>();
        reads.add(Op.getData(layout.bucketOf(commit.directory())));
        reads.add(Op.getData(directory));
        names.forEach(name -> reads.add(Op.getData(layout.entry(commit.directory(), name))));
        if (withNames) {
            reads.add(Op.getChildren(directory));
        }
        handle.sync(directory);
        return handle.read(reads).thenApply(reply -> of(names, reply.results(), withNames));
    }

    private static Knowledge of(List<String> names, List<OpResult> results, boolean withNames) {
        int generation = results.get(0) instanceof OpResult.GetDataResult bucket
                ? bucket.getStat().getVersion()
                : -1;
        Map<String, Stat> entries = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            if (results.get(i + 2) instanceof OpResult.GetDataResult entry) {
                entries.put(names.get(i), entry.getStat());
            }
        }
        List<String> all = null;
        if (withNames) {
            all = results.get(names.size() + 2) instanceof OpResult.GetChildrenResult children
                    ? children.getChildren().stream().map(Layout::unescape).toList()
                    : List.of();
        }
        return new Knowledge(results.get(1) instanceof OpResult.GetDataResult, generation, entries, all);
    }
}
