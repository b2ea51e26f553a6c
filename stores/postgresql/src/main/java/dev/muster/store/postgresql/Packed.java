package dev.muster.store.postgresql;

import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import dev.muster.store.sql.SessionIds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names and entries as the database packs them into one value: see schema.sql. */
final class Packed {

    private Packed() {}

    /** Names, with a slash between them, which none contains. */
    static List<String> names(byte @Nullable [] packed) {
        if (packed == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= packed.length; i++) {
            if (i == packed.length || packed[i] == '/') {
                names.add(new String(packed, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        return List.copyOf(names);
    }

    static List<Entry> entries(byte @Nullable [] packed) {
        if (packed == null) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(packed);
        while (in.hasRemaining()) {
            long created = in.getLong();
            long modified = in.getLong();
            String owner = in.get() == 0 ? null : SessionIds.text(new UUID(in.getLong(), in.getLong()));
            String name = new String(bytes(in), StandardCharsets.UTF_8);
            byte[] value = bytes(in);
            entries.add(new Entry(name, value.length == 0 ? Bytes.EMPTY : Bytes.wrap(value), created, modified, owner));
        }
        return entries;
    }

    static List<WatchEvent.Removal> removals(byte @Nullable [] packed) {
        if (packed == null) {
            return List.of();
        }
        List<WatchEvent.Removal> removals = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(packed);
        while (in.hasRemaining()) {
            long created = in.getLong();
            removals.add(new WatchEvent.Removal(new String(bytes(in), StandardCharsets.UTF_8), created));
        }
        return removals;
    }

    static byte[] packed(Entry entry) {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        byte[] value = entry.value().toByteArray();
        String owner = entry.ownerId();
        ByteBuffer out = ByteBuffer.allocate(41 + name.length + value.length);
        out.putLong(entry.created()).putLong(entry.modified());
        if (owner == null) {
            out.put((byte) 0);
        } else {
            UUID id = SessionIds.uuid(owner);
            out.put((byte) 1).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        }
        out.putInt(name.length).put(name).putInt(value.length).put(value);
        return Arrays.copyOf(out.array(), out.position());
    }

    static byte[] packed(WatchEvent.Removal removal) {
        byte[] name = removal.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(12 + name.length)
                .putLong(removal.created())
                .putInt(name.length)
                .put(name)
                .array();
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return bytes;
    }
}
