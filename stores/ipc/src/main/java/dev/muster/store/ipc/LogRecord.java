package dev.muster.store.ipc;

import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.WatchEvent;
import dev.muster.store.WatchEvent.Removal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A record as read from the log: {@link Draft} has its form. */
sealed interface LogRecord {

    long revision();

    /** What a commit changed in one directory. */
    record Changes(String path, WatchEvent.Changed changed) implements LogRecord {
        @Override
        public long revision() {
            return changed.revision();
        }
    }

    /** The removal of all that an ended session owned. */
    record End(long owner, long revision) implements LogRecord {}

    static LogRecord read(Arena arena, int at, Owners owners) {
        if (at < Arena.FIRST || at > arena.size() - Draft.HEAD || (at & 7) != 0) {
            throw arena.corrupt("a record at " + at);
        }
        try {
            return read(arena, arena.pen(at + 8), at, owners);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw arena.corrupt("the record at " + at);
        }
    }

    private static LogRecord read(Arena arena, ByteBuffer pen, int at, Owners owners) {
        long revision = pen.getLong();
        int length = pen.getInt();
        byte kind = pen.get();
        int count = pen.get();
        int pathLength = pen.getShort();
        long owner = pen.getLong();
        if (length < Draft.HEAD || length > arena.size() - at || revision <= 0) {
            throw arena.corrupt("the length of the record at " + at);
        }
        if (kind == Draft.END) {
            return new End(owner, revision);
        }
        if (kind != Draft.CHANGES) {
            throw arena.corrupt("the kind of the record at " + at);
        }
        String path = text(pen, pathLength);
        List<Entry> puts = new ArrayList<>(count);
        List<Removal> removals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            change(pen, revision, owners, puts, removals);
        }
        puts.sort(Entry.CREATION_ORDER);
        return new Changes(path, new WatchEvent.Changed(revision, List.copyOf(puts), List.copyOf(removals)));
    }

    private static void change(ByteBuffer pen, long revision, Owners owners, List<Entry> puts, List<Removal> removals) {
        byte kind = pen.get();
        pen.get();
        int nameLength = pen.getShort();
        int valueLength = pen.getInt();
        long created = pen.getLong();
        if (kind == Draft.PUT) {
            long owner = pen.getLong();
            String name = text(pen, nameLength);
            puts.add(new Entry(name, value(pen, valueLength), created, revision, owners.id(owner)));
        } else {
            String name = text(pen, nameLength);
            if (created != 0) {
                removals.add(new Removal(name, created));
            }
        }
    }

    static String text(ByteBuffer pen, int length) {
        byte[] bytes = new byte[Objects.checkIndex(length, pen.remaining() + 1)];
        pen.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static Bytes value(ByteBuffer pen, int length) {
        if (length == 0) {
            return Bytes.EMPTY;
        }
        byte[] bytes = new byte[Objects.checkIndex(length, pen.remaining() + 1)];
        pen.get(bytes);
        return Bytes.wrap(bytes);
    }
}
