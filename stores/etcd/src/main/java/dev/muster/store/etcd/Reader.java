package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Await;
import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Names;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Reads directories: page by page, all at the revision of the first. */
final class Reader {

    private final Calls calls;
    private final Keys keys;
    private final Identity identity;

    Reader(Calls calls, Keys keys, Identity identity) {
        this.calls = calls;
        this.keys = keys;
        this.identity = identity;
    }

    /**
     * A directory at one revision of etcd, in order of creation.
     *
     * @param slots the last parts of the keys of those entries that lie in {@link Slots}, by their names
     */
    record State(Incarnation incarnation, long etcdRevision, List<Entry> entries, Map<String, String> slots) {
        Listing listing() {
            return new Listing(incarnation.revision(etcdRevision), entries);
        }

        List<String> names() {
            return entries.stream().map(Entry::name).toList();
        }
    }

    /** The directory as it is now. */
    CompletableFuture<State> read(String directory, boolean keysOnly) {
        Incarnation incarnation = identity.current();
        ByteString begin = keys.directory(directory);
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Ops.valueIs(keys.store(), incarnation.value()))
                .addSuccess(Ops.op(Ops.page(begin, keysOnly)))
                .build();
        return calls.ask(KVGrpc.getTxnMethod(), request).thenCompose(answer -> {
            if (!answer.getSucceeded()) {
                // Another store: what is in that one is the answer, once it is known which it is.
                return identity.load().thenCompose(other -> read(directory, keysOnly));
            }
            RangeResponse first = answer.getResponses(0).getResponseRange();
            return complete(incarnation, directory, first, answer.getHeader().getRevision(), keysOnly);
        });
    }

    /** The directory whose first page was read at a revision. */
    CompletableFuture<State> complete(
            Incarnation incarnation, String directory, RangeResponse first, long etcdRevision, boolean keysOnly) {
        ByteString begin = keys.directory(directory);
        if (keysOnly && first.getKvsCount() > 0 && isSlot(begin, first.getKvs(0))) {
            // They come first, and their names are in their values.
            return read(directory, false);
        }
        if (!first.getMore()) {
            return CompletableFuture.completedFuture(
                    state(incarnation, begin.size(), etcdRevision, first.getKvsList()));
        }
        List<KeyValue> found = new ArrayList<>(first.getKvsList());
        return rest(begin, found, etcdRevision, keysOnly)
                .thenApply(all -> state(incarnation, begin.size(), etcdRevision, all))
                .exceptionallyCompose(failure ->
                        isCompacted(failure) ? read(directory, keysOnly) : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<List<KeyValue>> rest(
            ByteString begin, List<KeyValue> found, long etcdRevision, boolean keysOnly) {
        ByteString last = found.get(found.size() - 1).getKey();
        // Slots come first, and their names are in their values.
        boolean onlyKeys = keysOnly && !Slots.isSlot(last.substring(begin.size()));
        RangeRequest next = Ops.page(begin, onlyKeys)
                .setKey(Keys.after(last))
                .setRevision(etcdRevision)
                .build();
        return calls.ask(KVGrpc.getRangeMethod(), next).thenCompose(page -> {
            found.addAll(page.getKvsList());
            return page.getMore()
                    ? rest(begin, found, etcdRevision, keysOnly)
                    : CompletableFuture.completedFuture(found);
        });
    }

    private static boolean isCompacted(Throwable failure) {
        return Await.cause(failure) instanceof CallFailure call && call.status().getCode() == Status.Code.OUT_OF_RANGE;
    }

    private static State state(Incarnation incarnation, int prefix, long etcdRevision, List<KeyValue> found) {
        List<Entry> entries = new ArrayList<>(found.size());
        Map<String, String> slots = new HashMap<>();
        for (KeyValue one : found) {
            Entry entry = entry(incarnation, prefix, one);
            entries.add(entry);
            ByteString lastPart = one.getKey().substring(prefix);
            if (Slots.isSlot(lastPart)) {
                slots.put(entry.name(), lastPart.toStringUtf8());
            }
        }
        entries.sort(Entry.CREATION_ORDER);
        return new State(incarnation, etcdRevision, entries, slots);
    }

    private static boolean isSlot(ByteString begin, KeyValue stored) {
        return stored.getValue().isEmpty() && Slots.isSlot(stored.getKey().substring(begin.size()));
    }

    /** @param prefix how many bytes of the key are not the entry's name */
    static Entry entry(Incarnation incarnation, int prefix, KeyValue stored) {
        ByteString lastPart = stored.getKey().substring(prefix);
        boolean inSlot = Slots.isSlot(lastPart);
        ByteString content = inSlot ? Slots.content(stored.getValue()) : stored.getValue();
        return new Entry(
                inSlot ? Slots.name(lastPart, stored.getValue()) : lastPart.toStringUtf8(),
                content.isEmpty() ? Bytes.EMPTY : Bytes.wrap(content.toByteArray()),
                incarnation.revision(stored.getCreateRevision()),
                incarnation.revision(stored.getModRevision()),
                incarnation.owner(stored.getLease()));
    }

    /** What follows the directory in a key: the name, but for {@link Slots}. */
    static String lastPart(int prefix, ByteString key) {
        return key.substring(prefix).toStringUtf8();
    }

    /** The directories that hold an entry, in the order of their bytes. */
    CompletableFuture<List<String>> directories(String prefix) {
        ByteString begin = keys.directories(prefix);
        return scan(begin, begin, 0, new TreeSet<>(Names.BYTE_ORDER))
                // The keys of directory "a" begin with "a//", and so with the prefix "a/" too.
                .thenApply(paths ->
                        paths.stream().filter(path -> path.startsWith(prefix)).toList())
                .exceptionallyCompose(failure ->
                        isCompacted(failure) ? directories(prefix) : CompletableFuture.failedFuture(failure));
    }

    /** Where a page ends within a directory, the next one begins after it: long ones are not read to their end. */
    private CompletableFuture<List<String>> scan(
            ByteString begin, ByteString from, long revision, SortedSet<String> paths) {
        RangeRequest request =
                Ops.page(begin, true).setKey(from).setRevision(revision).build();
        return calls.ask(KVGrpc.getRangeMethod(), request).thenCompose(page -> {
            String last = "";
            for (KeyValue one : page.getKvsList()) {
                last = keys.path(one.getKey());
                paths.add(last);
            }
            long at = revision == 0 ? page.getHeader().getRevision() : revision;
            return page.getMore()
                    ? scan(begin, Keys.end(keys.directory(last)), at, paths)
                    : CompletableFuture.completedFuture(List.copyOf(paths));
        });
    }
}
