package dev.muster.store.redis;

/**
 * Where a store lies in a database: all its keys have one hash tag, so that scripts may use them together, on a Redis
 * Cluster too. Channels are not kept apart by database, so their names hold its number.
 */
record Keys(String prefix, int database) {

    private String base() {
        return "{" + prefix + "}:";
    }

    String store() {
        return base() + "g";
    }

    String ends() {
        return base() + "s";
    }

    /** What the keys begin with that hold what a session owns. */
    String owned() {
        return base() + "o:";
    }

    String directory(String path) {
        return directories() + path;
    }

    String directories() {
        return base() + "d:";
    }

    /** What all channels begin with; a directory's channel ends with its path, a client's with a slash and
     * its number. This one itself carries nothing. */
    String channel() {
        return base() + "w" + database + ":";
    }

    String pattern() {
        return base() + "*";
    }
}
