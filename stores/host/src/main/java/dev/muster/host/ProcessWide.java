package dev.muster.host;

import dev.muster.store.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a process may hold only once for each directory, counted by those who share it. POSIX locks force it: a process
 * that closes any descriptor of a file loses all its locks on that file, also those taken through another descriptor.
 * So nothing here may be opened twice; keep one of these in a static field for each kind of thing.
 *
 * <p>A second class loader with its own copy of that field would do the same damage: a system property, which all class
 * loaders share, keeps it out.
 */
public final class ProcessWide<T> {

    private final String kind;
    private final Function<Path, T> opener;
    private final Consumer<T> closer;
    private final Map<Object, Place<T>> places = new ConcurrentHashMap<>();

    private static final class Place<T> {
        @Nullable
        T thing;

        int shares;
        boolean retired;
    }

    /** One share of the thing. Closing the last one closes the thing. */
    public static final class Share<T> implements AutoCloseable {

        private final T thing;
        private @Nullable Runnable release;

        Share(T thing, Runnable release) {
            this.thing = thing;
            this.release = release;
        }

        public T get() {
            return thing;
        }

        /** Idempotent. */
        @Override
        public void close() {
            Runnable once;
            synchronized (this) {
                once = release;
                release = null;
            }
            if (once != null) {
                once.run();
            }
        }
    }

    /**
     * @param kind names the thing in errors and among the system properties
     * @param opener makes the thing for a directory
     * @param closer ends it; a new one is opened only after it has returned
     */
    public ProcessWide(String kind, Function<Path, T> opener, Consumer<T> closer) {
        this.kind = kind;
        this.opener = opener;
        this.closer = closer;
    }

    /**
     * Shares the thing of a directory that exists, opening it if nobody has.
     *
     * @throws StorageException where the directory cannot be read, or a copy of this library under another class loader
     *     holds it
     */
    public Share<T> share(Path directory) {
        Object key = key(directory);
        while (true) {
            Place<T> place = places.computeIfAbsent(key, absent -> new Place<>());
            synchronized (place) {
                if (place.retired) {
                    continue;
                }
                T thing = place.thing;
                if (thing == null) {
                    thing = open(directory, key, place);
                }
                place.shares++;
                return new Share<>(thing, () -> leave(key, place));
            }
        }
    }

    private T open(Path directory, Object key, Place<T> place) {
        boolean opened = false;
        boolean claimed = System.getProperties().putIfAbsent(property(key), directory.toString()) == null;
        try {
            if (!claimed) {
                throw new StorageException(directory + " is open in this process through another class loader. Its"
                        + " locks would break each other: put muster-" + kind + " where both find the same copy.");
            }
            T thing = opener.apply(directory);
            place.thing = thing;
            opened = true;
            return thing;
        } finally {
            if (!opened) {
                retire(key, place, claimed);
            }
        }
    }

    private void leave(Object key, Place<T> place) {
        synchronized (place) {
            T thing = place.thing;
            if (--place.shares > 0 || thing == null) {
                return;
            }
            try {
                closer.accept(thing);
            } finally {
                retire(key, place, true);
            }
        }
    }

    private void retire(Object key, Place<T> place, boolean claimed) {
        place.retired = true;
        places.remove(key, place);
        if (claimed) {
            System.getProperties().remove(property(key));
        }
    }

    private String property(Object key) {
        return "dev.muster." + kind + ".open:" + key;
    }

    /** The directory's identity on its device, which links and other spellings of the path share. */
    private static Object key(Path directory) {
        try {
            Object key =
                    Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
            return key == null ? directory.toRealPath() : key;
        } catch (IOException e) {
            throw new StorageException(
                    "Could not read directory " + directory + " (" + e.getMessage()
                            + "): check that it exists and that this user may read it",
                    e);
        }
    }
}
