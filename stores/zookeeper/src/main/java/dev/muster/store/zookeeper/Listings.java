package dev.muster.store.zookeeper;

import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.TimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Reads one state of a directory. ZooKeeper reads a node at a time, or several in one request that no write comes between;
 * the names must be known before. So: the names, then names and entries together. What does not fit into one request, or
 * was created in between, is read after it and counts if it has not changed since. Else it is read once more.
 */
final class Listings {

    private static final int MOST_ENTRIES = 512;
    private static final int MOST_PATH_BYTES = 500_000;
    private static final int MOST_ROUNDS = 100;

    private final Layout layout;

    Listings(Layout layout) {
        this.layout = layout;
    }

    /** One state, not older than anything that was committed before this was called. */
    CompletableFuture<Listing> read(Handle handle, String directory) {
        String path = layout.directory(directory);
        handle.sync(path);
        return handle.children(path).thenCompose(children -> read(handle, directory, children));
    }

    /** One state, not older than that of the children. */
    CompletableFuture<Listing> read(Handle handle, String directory, Handle.Children children) {
        return children.names().isEmpty()
                ? CompletableFuture.completedFuture(new Listing(handle.home().revision(children.zxid()), List.of()))
                : new Round(handle, directory).read(children.names(), 1);
    }

    /** What an entry's node says of it, or null where there is none. */
    static @Nullable Entry entry(Home home, String name, OpResult result) {
        if (!(result instanceof OpResult.GetDataResult found)) {
            return null;
        }
        Stat stat = found.getStat();
        byte[] data = found.getData();
        return new Entry(
                name,
                data == null || data.length == 0 ? Bytes.EMPTY : Bytes.wrap(data),
                home.revision(stat.getCzxid()),
                home.revision(stat.getMzxid()),
                stat.getEphemeralOwner() == 0 ? null : home.sessionId(stat.getEphemeralOwner()));
    }

    /** Requests that are not too large, of which the first also reads the children. Each answers apart. */
    private static List<List<String>> split(String path, List<String> children) {
        List<List<String>> parts = new ArrayList<>();
        List<String> part = new ArrayList<>();
        int bytes = 0;
        for (String child : children) {
            int size = path.length() + child.length() + 20;
            if (part.size() == MOST_ENTRIES || bytes + size > MOST_PATH_BYTES) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(child);
            bytes += size;
        }
        parts.add(part);
        return parts;
    }

    private final class Round {
        private final Handle handle;
        private final String directory;
        private final String path;

        Round(Handle handle, String directory) {
            this.handle = handle;
            this.directory = directory;
            this.path = layout.directory(directory);
        }

        CompletableFuture<Listing> read(List<String> children, int number) {
            if (number > MOST_ROUNDS) {
                return CompletableFuture.failedFuture(new TimeoutException("Directory " + directory
                        + " changed each time that it was read, " + MOST_ROUNDS + " times: try again"));
            }
            List<List<String>> parts = split(path, children);
            List<CompletableFuture<Handle.Reply>> replies = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                replies.add(handle.read(reads(parts.get(i), i == 0)));
            }
            return all(replies).thenCompose(done -> {
                Handle.Reply first = replies.get(0).join();
                if (!(first.results().get(0) instanceof OpResult.GetChildrenResult now)) {
                    return CompletableFuture.completedFuture(
                            new Listing(handle.home().revision(first.zxid()), List.of()));
                }
                State state = new State(handle.home(), first.zxid());
                for (int i = 0; i < parts.size(); i++) {
                    state.take(parts.get(i), replies.get(i).join(), i == 0);
                }
                List<String> names = now.getChildren();
                List<String> missing = state.missing(names);
                if (missing.isEmpty()) {
                    return finish(state, names, number);
                }
                List<List<String>> rest = split(path, missing);
                List<CompletableFuture<Handle.Reply>> more = rest.stream()
                        .map(part -> handle.read(reads(part, false)))
                        .toList();
                return all(more).thenCompose(read -> {
                    for (int i = 0; i < rest.size(); i++) {
                        state.take(rest.get(i), more.get(i).join(), false);
                    }
                    return finish(state, names, number);
                });
            });
        }

        private CompletableFuture<Listing> finish(State state, List<String> names, int number) {
            List<Entry> entries = state.entries(names);
            return entries == null
                    ? read(names, number + 1)
                    : CompletableFuture.completedFuture(
                            new Listing(handle.home().revision(state.zxid), entries));
        }

        private List<Op> reads(List<String> children, boolean withNames) {
            List<Op> reads = new ArrayList<>(children.size() + 1);
            if (withNames) {
                reads.add(Op.getChildren(path));
            }
            children.forEach(child -> reads.add(Op.getData(path + '/' + child)));
            return reads;
        }
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Handle.Reply>> replies) {
        return CompletableFuture.allOf(replies.toArray(CompletableFuture<?>[]::new));
    }

    /** The directory at one zxid, as far as is known. */
    private static final class State {
        private final Home home;
        private final long zxid;
        private final Map<String, Entry> entries = new HashMap<>();
        private final Set<String> read = new HashSet<>();

        State(Home home, long zxid) {
            this.home = home;
            this.zxid = zxid;
        }

        void take(List<String> children, Handle.Reply reply, boolean sameState) {
            int offset = sameState ? 1 : 0;
            for (int i = 0; i < children.size(); i++) {
                String child = children.get(i);
                read.add(child);
                Entry entry =
                        entry(home, Layout.unescape(child), reply.results().get(i + offset));
                if (entry != null && entry.modified() <= home.revision(zxid)) {
                    entries.put(child, entry);
                }
            }
        }

        List<String> missing(List<String> names) {
            return names.stream().filter(name -> !read.contains(name)).toList();
        }

        /** Null where one of them has changed since. */
        @Nullable
        List<Entry> entries(List<String> names) {
            List<Entry> all = new ArrayList<>(names.size());
            for (String name : names) {
                Entry entry = entries.get(name);
                if (entry == null) {
                    return null;
                }
                all.add(entry);
            }
            all.sort(Entry.CREATION_ORDER);
            return all;
        }
    }
}
