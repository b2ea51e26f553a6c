package dev.muster.store.redis;

import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what Redis and our scripts answer. */
final class Reply {

    private Reply() {}

    static List<?> list(Object reply) {
        if (reply instanceof List<?> list) {
            return list;
        }
        throw new IllegalStateException("Redis answered no list where a script answers one");
    }

    static byte[] bytes(@Nullable Object reply) {
        if (reply instanceof byte[] bytes) {
            return bytes;
        }
        throw new IllegalStateException("Redis answered no text where a script answers one");
    }

    static String text(@Nullable Object reply) {
        return new String(bytes(reply), StandardCharsets.UTF_8);
    }

    /** A number, be it one of the protocol or in digits. */
    static long number(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return number;
        }
        byte[] digits = bytes(reply);
        return number(digits, 0, digits.length);
    }

    static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }

    static int indexOf(byte[] bytes, int wanted, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        throw new IllegalStateException("Redis holds a value that is none of Muster's");
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /**
     * A state of a directory or of one entry.
     *
     * @param changed the revision of its last change alone, 0 where there is nothing
     * @param followed whether later changes will be told
     */
    record Held(Listing listing, long changed, boolean followed) {}

    /** All fields of a directory's hash. */
    static Held held(long revision, List<?> fields) {
        List<Entry> entries = new ArrayList<>(fields.size() / 2);
        long changed = 0;
        for (int i = 0; i < fields.size(); i += 2) {
            byte[] name = bytes(fields.get(i));
            byte[] packed = bytes(fields.get(i + 1));
            if (name.length == 0) {
                changed = number(packed, 0, indexOf(packed, ' ', 0));
            } else {
                entries.add(entry(name, packed));
            }
        }
        entries.sort(Entry.CREATION_ORDER);
        return new Held(new Listing(revision, entries), changed, true);
    }

    /** One field of a directory's hash, or none. */
    static Held entry(long revision, List<?> field, boolean followed) {
        Listing listing = held(revision, field).listing();
        long changed =
                listing.entries().isEmpty() ? 0 : listing.entries().get(0).modified();
        return new Held(listing, changed, followed);
    }

    /** An entry is kept as "created modified owner[!client...] value". */
    private static Entry entry(byte[] name, byte[] packed) {
        int first = indexOf(packed, ' ', 0);
        int second = indexOf(packed, ' ', first + 1);
        int third = indexOf(packed, ' ', second + 1);
        return new Entry(
                new String(name, StandardCharsets.UTF_8),
                value(packed, third + 1, packed.length),
                number(packed, 0, first),
                number(packed, first + 1, second),
                owner(packed, second + 1, ownerEnd(packed, second + 1, third)));
    }

    private static int ownerEnd(byte[] packed, int from, int to) {
        int end = from;
        while (end < to && packed[end] != '!') {
            end++;
        }
        return end;
    }

    static Bytes value(byte[] bytes, int from, int to) {
        return from == to ? Bytes.EMPTY : Bytes.wrap(Arrays.copyOfRange(bytes, from, to));
    }

    static @Nullable String owner(byte[] bytes, int from, int to) {
        return from == to ? null : text(bytes, from, to);
    }

    /** Pairs of a name and its creating revision, in order of creation. */
    static List<String> names(List<?> pairs) {
        if (pairs.size() == 2) {
            return List.of(text(pairs.get(0)));
        }
        record Created(String name, long at) {}
        List<Created> created = new ArrayList<>(pairs.size() / 2);
        for (int i = 0; i < pairs.size(); i += 2) {
            created.add(new Created(text(pairs.get(i)), number(pairs.get(i + 1))));
        }
        created.sort((a, b) ->
                a.at == b.at ? dev.muster.store.Names.BYTE_ORDER.compare(a.name, b.name) : Long.compare(a.at, b.at));
        return created.stream().map(Created::name).toList();
    }
}
