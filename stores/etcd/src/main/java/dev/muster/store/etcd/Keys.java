package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import java.util.HexFormat;

/**
 * Where things lie: {@code PREFIX/d/PATH//NAME} an entry (but see {@link Slots}), {@code PREFIX/s/LEASE} a session, {@code PREFIX/c/LEASE} and
 * below it a client's fences, {@code PREFIX/store} the identity of the store. No path holds "//" and no name "/", so that
 * the entries of a directory are one range and nothing else is in it.
 */
final class Keys {

    private static final String SEPARATOR = "//";

    private final String prefix;

    Keys(String prefix) {
        this.prefix = prefix;
    }

    ByteString store() {
        return ByteString.copyFromUtf8(prefix + "/store");
    }

    ByteString session(long lease) {
        return ByteString.copyFromUtf8(prefix + "/s/" + hex(lease));
    }

    /** The mark of a client: there while its fences are. */
    ByteString client(long lease) {
        return ByteString.copyFromUtf8(prefix + "/c/" + hex(lease));
    }

    ByteString fence(long clientLease, int number) {
        return ByteString.copyFromUtf8(prefix + "/c/" + hex(clientLease) + "/" + number);
    }

    /** What the keys of all clients begin with, and of their fences. */
    ByteString clients() {
        return ByteString.copyFromUtf8(prefix + "/c/");
    }

    /** What the keys of a directory's entries begin with, and theirs alone. */
    ByteString directory(String path) {
        return ByteString.copyFromUtf8(prefix + "/d/" + path + SEPARATOR);
    }

    /** What the keys of all directories begin with whose path begins so. */
    ByteString directories(String pathPrefix) {
        return ByteString.copyFromUtf8(prefix + "/d/" + pathPrefix);
    }

    /** The path of the directory that an entry's key belongs to. */
    String path(ByteString entryKey) {
        String key = entryKey.toStringUtf8();
        return key.substring(prefix.length() + 3, key.lastIndexOf(SEPARATOR));
    }

    /** The first key after all those that begin so. */
    static ByteString end(ByteString begin) {
        byte[] bytes = begin.toByteArray();
        bytes[bytes.length - 1]++;
        return ByteString.copyFrom(bytes);
    }

    /** The first key after this one. */
    static ByteString after(ByteString key) {
        return key.concat(ByteString.copyFrom(new byte[] {0}));
    }

    static String hex(long lease) {
        return HexFormat.of().toHexDigits(lease);
    }
}
