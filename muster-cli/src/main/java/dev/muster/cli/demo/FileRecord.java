package dev.muster.cli.demo;

import dev.muster.store.Bytes;

/**
 * What a worker records of a file: an entry of its partition's directory.
 *
 * @param digest SHA-256 in hexadecimal digits; {@link #UNREADABLE} where the file could not be read
 */
record FileRecord(String digest, String worker) {

    /** In place of the digest. */
    static final String UNREADABLE = "unreadable";

    private static final String PREFIX = "r-";

    static String name(int file) {
        return PREFIX + file;
    }

    static boolean isName(String entryName) {
        return entryName.startsWith(PREFIX);
    }

    static int file(String entryName) {
        return Integer.parseInt(entryName.substring(PREFIX.length()));
    }

    Bytes encode() {
        return Bytes.utf8(digest + " " + worker);
    }

    static FileRecord decode(Bytes value) {
        String[] parts = value.utf8().split(" ", 2);
        return new FileRecord(parts[0], parts[1]);
    }
}
