package dev.muster.store.ipc;

import dev.muster.store.Entry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Session ids: the store's identity and the owner's number, in 32 hexadecimal digits. The log holds the number alone. */
final class Owners {

    private static final int REMEMBERED = 4096;

    private final String prefix;
    private final Map<Long, String> ids = new ConcurrentHashMap<>();

    Owners(long identity) {
        prefix = hex(identity);
    }

    /** The id of an entry's owner; 0 stands for none. */
    @Nullable
    String id(long owner) {
        return owner == 0 ? null : session(owner);
    }

    String session(long owner) {
        if (ids.size() > REMEMBERED) {
            ids.clear();
        }
        return ids.computeIfAbsent(owner, number -> prefix + hex(number));
    }

    long of(Entry entry) {
        String id = entry.ownerId();
        return id == null ? 0 : Long.parseUnsignedLong(id, prefix.length(), id.length(), 16);
    }

    private static String hex(long bits) {
        return String.format("%016x", bits);
    }
}
