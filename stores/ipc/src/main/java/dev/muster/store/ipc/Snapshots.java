package dev.muster.store.ipc;

import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Names;
import dev.muster.store.WatchEvent;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The state of a shard as the start of an arena: its directories that hold entries, and these in order of creation. */
final class Snapshots {

    private static final int ENTRY_HEAD = 32;

    private Snapshots() {}

    /** How many bytes it will take. */
    static long size(Collection<Directory> directories) {
        long size = 4;
        for (Directory directory : directories) {
            if (!directory.state().isEmpty()) {
                size += 8 + directory.utf8().length;
                for (Entry entry : directory.state().entries()) {
                    size += ENTRY_HEAD
                            + Names.utf8Length(entry.name())
                            + entry.value().size();
                }
            }
        }
        return size;
    }

    static void write(ByteBuffer pen, Collection<Directory> directories, Owners owners) {
        int count = 0;
        int countAt = pen.position();
        pen.putInt(0);
        for (Directory directory : directories) {
            if (!directory.state().isEmpty()) {
                count++;
                pen.putInt(directory.utf8().length).putInt(directory.state().size());
                pen.put(directory.utf8());
                for (Entry entry : directory.state().entries()) {
                    write(pen, entry, owners);
                }
            }
        }
        pen.putInt(countAt, count);
    }

    private static void write(ByteBuffer pen, Entry entry, Owners owners) {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        pen.putLong(entry.created()).putLong(entry.modified()).putLong(owners.of(entry));
        pen.putInt(name.length).putInt(entry.value().size()).put(name);
        entry.value().writeTo(pen);
    }

    static void read(Arena arena, Map<String, Directory> into, Owners owners) {
        ByteBuffer pen = arena.snapshot();
        try {
            for (int left = pen.getInt(); left > 0; left--) {
                int length = pen.getInt();
                int count = pen.getInt();
                Directory directory = new Directory(LogRecord.text(pen, length), arena.revision());
                directory.state().follow(new WatchEvent.Listed(read(pen, count, arena.revision(), owners), false));
                into.put(directory.path(), directory);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw arena.corrupt("its snapshot");
        }
    }

    private static Listing read(ByteBuffer pen, int count, long revision, Owners owners) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long created = pen.getLong();
            long modified = pen.getLong();
            String owner = owners.id(pen.getLong());
            int nameLength = pen.getInt();
            int valueLength = pen.getInt();
            String name = LogRecord.text(pen, nameLength);
            entries.add(new Entry(name, LogRecord.value(pen, valueLength), created, modified, owner));
        }
        return new Listing(revision, entries);
    }
}
