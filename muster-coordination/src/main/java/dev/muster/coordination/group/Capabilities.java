package dev.muster.coordination.group;

import dev.muster.store.InvalidArgument;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a member tells of itself: any JSON-like value, usually a map. Immutable. Whole numbers come back as Long (as
 * BigInteger beyond its range), others as Double.
 */
public final class Capabilities {

    /** No value at all: null. */
    public static final Capabilities NONE = new Capabilities(null);

    private final @Nullable Object value;

    private Capabilities(@Nullable Object value) {
        this.value = value;
    }

    /**
     * Takes null, a Boolean, a Number, a String, a List of such, or a Map from String to such. Copies it.
     *
     * @throws InvalidArgument for anything else: names its place and type
     */
    public static Capabilities of(@Nullable Object value) {
        return value == null ? NONE : new Capabilities(copy(value, "capabilities"));
    }

    private static @Nullable Object copy(@Nullable Object value, String where) {
        if (value == null || value instanceof Boolean || value instanceof String) {
            return value;
        }
        if (value instanceof Number number) {
            return number(number, where);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            for (Object item : list) {
                copy.add(copy(item, where + "[" + copy.size() + "]"));
            }
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> {
                if (!(key instanceof String name)) {
                    throw new InvalidArgument(where + " has a key that is no string: keys must be strings");
                }
                copy.put(name, copy(item, where + "." + name));
            });
            return Collections.unmodifiableMap(copy);
        }
        throw new InvalidArgument(where + " is a " + value.getClass().getName()
                + ": null, Boolean, Number, String, List and Map are allowed");
    }

    private static Number number(Number number, String where) {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        if (number instanceof BigInteger big) {
            return big.bitLength() < Long.SIZE ? (Number) big.longValue() : big;
        }
        double real = number.doubleValue();
        if (!Double.isFinite(real)
                || !(number instanceof Double || number instanceof Float || number instanceof BigDecimal)) {
            throw new InvalidArgument(where + " is no finite number of a known kind");
        }
        return real;
    }

    /** Null, a Boolean, a Long, BigInteger or Double, a String, a List or a Map; unmodifiable. */
    public @Nullable Object value() {
        return value;
    }

    /** The value as a map: empty where it is none. */
    public Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> entries) {
            entries.forEach((key, item) -> map.put((String) key, item));
        }
        return Collections.unmodifiableMap(map);
    }

    /** One entry of the map. */
    public Optional<Object> get(String key) {
        return value instanceof Map<?, ?> map ? Optional.ofNullable(map.get(key)) : Optional.empty();
    }

    /** The same with one entry of the map set. What was no map becomes one. */
    public Capabilities with(String key, @Nullable Object item) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>(asMap());
        map.put(key, item);
        return of(map);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Capabilities that && Objects.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(value);
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
