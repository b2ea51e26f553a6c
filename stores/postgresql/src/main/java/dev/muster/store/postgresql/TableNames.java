package dev.muster.store.postgresql;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/** The names of a store's tables and functions: in a schema, with a prefix. Both are plain identifiers. */
record TableNames(String schema, String prefix) {

    private static final Pattern BARE = Pattern.compile("\\{\\.([a-z_]+)}");
    private static final Pattern FULL = Pattern.compile("\\{([a-z_]+)}");

    /** Puts the names in for {name} and {.name}. */
    String in(String sql) {
        String bare = BARE.matcher(sql).replaceAll("\"" + prefix + "$1\"");
        return FULL.matcher(bare).replaceAll("\"" + schema + "\".\"" + prefix + "$1\"");
    }

    /** On which changes of this store are told. */
    String channel() {
        return "muster_" + hash().toString().replace('-', '_');
    }

    /** Of the lock that whoever makes the tables holds. */
    long lock() {
        return hash().getMostSignificantBits();
    }

    private UUID hash() {
        return UUID.nameUUIDFromBytes((schema + "." + prefix).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return prefix.isEmpty() ? "schema " + schema : "schema " + schema + " with the prefix " + prefix;
    }
}
