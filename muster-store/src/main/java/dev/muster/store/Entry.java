package dev.muster.store;

import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a directory.
 *
 * @param name unique in its directory
 * @param value at most 64 KiB, unless the store's {@link Limits} say less
 * @param created revision of the commit that created it: together with the name it identifies one incarnation
 * @param modified revision of the commit that last put it
 * @param ownerId id of the session whose end removes it, or null where only a delete does
 */
public record Entry(
        String name,
        Bytes value,
        long created,
        long modified,
        @Nullable String ownerId) {

    /** The order of creation: by creating revision, then by the bytes of the name. */
    public static final Comparator<Entry> CREATION_ORDER =
            Comparator.comparingLong(Entry::created).thenComparing(Entry::name, Names.BYTE_ORDER);

    public Optional<String> owner() {
        return Optional.ofNullable(ownerId);
    }

    public boolean isOwned() {
        return ownerId != null;
    }

    public boolean isOwnedBy(Session session) {
        return session.id().equals(ownerId);
    }
}
