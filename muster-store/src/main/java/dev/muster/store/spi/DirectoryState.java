package dev.muster.store.spi;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Listing;
import dev.muster.store.Names;
import dev.muster.store.OwnerMismatch;
import dev.muster.store.WatchEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one directory and the meaning of a commit on them. Engines that keep state in this process live on it;
 * others use it to follow a watch. Not thread-safe.
 */
public final class DirectoryState {

    /** In order of creation: an entry that is put again keeps its place. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private long revision;
    private int nameBytes;

    /** A directory of which nothing is known yet. */
    public DirectoryState() {
        this(0);
    }

    /** An empty directory as of a revision. */
    public DirectoryState(long revision) {
        this.revision = revision;
    }

    /** The highest revision that was applied, 0 before the first. */
    public long revision() {
        return revision;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public int size() {
        return entries.size();
    }

    public @Nullable Entry get(String name) {
        return entries.get(name);
    }

    /** The entries in order of creation: a live view, not to be kept. */
    public Collection<Entry> entries() {
        return entries.values();
    }

    public Listing listing() {
        return new Listing(revision, List.copyOf(entries.values()));
    }

    /** What a commit asked to be told of the present state. */
    public Snapshot snapshot(Commit.Reply reply) {
        return switch (reply) {
            case NOTHING -> Snapshot.NOTHING;
            case NAMES -> Snapshot.of(revision, List.copyOf(entries.keySet()));
            case ENTRIES -> Snapshot.of(listing());
        };
    }

    /** The first guard of the commit that does not hold, or null. */
    public @Nullable Guard failing(Commit commit) {
        List<Guard> guards = commit.guards();
        for (int i = 0; i < guards.size(); i++) {
            if (!holds(guards.get(i))) {
                return guards.get(i);
            }
        }
        return null;
    }

    private boolean holds(Guard guard) {
        Entry entry = entries.get(guard.name());
        if (guard instanceof Guard.Absent) {
            return entry == null;
        }
        if (entry == null) {
            return false;
        }
        if (guard instanceof Guard.At at) {
            return entry.modified() == at.revision();
        }
        return !(guard instanceof Guard.Created created) || entry.created() == created.revision();
    }

    /**
     * Checks what guards do not say: that puts name the right owner, and that the names still fit.
     *
     * @param directoryNameBytes the limit on all names of a directory
     * @throws OwnerMismatch where an owned put names an entry of another owner, or of none
     * @throws InvalidArgument where the directory would hold too many bytes of names
     */
    public void check(Commit commit, int directoryNameBytes) {
        int added = 0;
        List<Change> changes = commit.changes();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            Entry entry = entries.get(change.name());
            if (change instanceof Change.Delete) {
                added -= entry == null ? 0 : Names.utf8Length(change.name());
            } else if (entry == null) {
                added += Names.utf8Length(change.name());
            } else if (change instanceof Change.Put put
                    && put.owned()
                    && !Objects.equals(entry.ownerId(), commit.sessionId())) {
                throw new OwnerMismatch("Entry " + entry.name() + " of directory " + commit.directory()
                        + " has another owner than the session of this commit: delete it first, or put it unowned to"
                        + " keep its owner");
            }
        }
        if (added > 0 && nameBytes + added > directoryNameBytes) {
            throw new InvalidArgument("directory " + commit.directory() + " would hold " + (nameBytes + added)
                    + " bytes of names: at most " + directoryNameBytes
                    + " are allowed, so spread the entries over several directories");
        }
    }

    /** Applies a commit whose guards hold and that was checked. Answers what it changed. */
    public WatchEvent.Changed apply(Commit commit, long at) {
        List<Change> changes = commit.changes();
        if (changes.size() == 1) {
            revision = at;
            return applyOne(changes.get(0), commit.sessionId(), at);
        }
        List<Entry> puts = new ArrayList<>(changes.size());
        List<WatchEvent.Removal> removals = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Change.Delete) {
                Entry gone = remove(change.name());
                if (gone != null) {
                    removals.add(new WatchEvent.Removal(gone.name(), gone.created()));
                }
            } else {
                puts.add(next(change, commit.sessionId(), at));
            }
        }
        puts.sort(Entry.CREATION_ORDER);
        puts.forEach(this::set);
        revision = at;
        return new WatchEvent.Changed(at, List.copyOf(puts), List.copyOf(removals));
    }

    private WatchEvent.Changed applyOne(Change change, @Nullable String sessionId, long at) {
        if (change instanceof Change.Delete) {
            Entry gone = remove(change.name());
            return new WatchEvent.Changed(
                    at,
                    List.of(),
                    gone == null ? List.of() : List.of(new WatchEvent.Removal(gone.name(), gone.created())));
        }
        Entry put = next(change, sessionId, at);
        set(put);
        return new WatchEvent.Changed(at, List.of(put), List.of());
    }

    private Entry next(Change change, @Nullable String sessionId, long at) {
        if (change instanceof Change.Append append) {
            return new Entry(append.name(), append.value(), at, at, append.owned() ? sessionId : null);
        }
        Change.Put put = (Change.Put) change;
        Entry old = entries.get(put.name());
        return old == null
                ? new Entry(put.name(), put.value(), at, at, put.owned() ? sessionId : null)
                : new Entry(put.name(), put.value(), old.created(), at, old.ownerId());
    }

    /** Removes, as one commit, what ended sessions own. Answers null, and takes no revision, where that is nothing. */
    public WatchEvent.@Nullable Changed removeOwned(Predicate<String> ended, LongSupplier next) {
        List<WatchEvent.Removal> removals = new ArrayList<>();
        for (Entry entry : entries.values()) {
            String owner = entry.ownerId();
            if (owner != null && ended.test(owner)) {
                removals.add(new WatchEvent.Removal(entry.name(), entry.created()));
            }
        }
        if (removals.isEmpty()) {
            return null;
        }
        removals.forEach(removal -> remove(removal.name()));
        revision = next.getAsLong();
        return new WatchEvent.Changed(revision, List.of(), List.copyOf(removals));
    }

    /** Follows a watch. */
    public void follow(WatchEvent event) {
        if (event instanceof WatchEvent.Listed listed) {
            entries.clear();
            nameBytes = 0;
            listed.listing().entries().forEach(this::set);
        } else if (event instanceof WatchEvent.Changed changed) {
            changed.removals().forEach(removal -> {
                Entry entry = entries.get(removal.name());
                if (entry != null && entry.created() == removal.created()) {
                    remove(removal.name());
                }
            });
            changed.puts().forEach(this::set);
        }
        revision = Math.max(revision, event.revision());
    }

    private void set(Entry entry) {
        Entry old = entries.get(entry.name());
        if (old != null && old.created() != entry.created()) {
            remove(entry.name());
            old = null;
        }
        if (old == null) {
            nameBytes += Names.utf8Length(entry.name());
        }
        entries.put(entry.name(), entry);
    }

    private @Nullable Entry remove(String name) {
        Entry gone = entries.remove(name);
        if (gone != null) {
            nameBytes -= Names.utf8Length(name);
        }
        return gone;
    }
}
