package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Nonce;
import dev.muster.store.StorageException;
import io.etcd.jetcd.api.KeyValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The store as it was made once. It ends when etcd loses its data; the next one has another id and a greater era.
 *
 * @param value what the key of the store holds: layout, id, era
 * @param era what is added to etcd's revisions
 */
record Incarnation(ByteString value, String id, long era) {

    private static final String LAYOUT = "muster-3";
    private static final Pattern FORM = Pattern.compile("(muster-\\d+) ([0-9a-z]+) (\\d+)");

    /** 2020-01-01: eras counted from 1970 would overflow in 2038. */
    private static final long EPOCH = 1_577_836_800;

    /** @param serverSeconds the server's clock, in seconds since 1970 */
    static Incarnation make(long serverSeconds, long atLeast) {
        long era = Math.max(Math.max(serverSeconds - EPOCH, 1) << 32, atLeast);
        String id = Nonce.next().toString();
        return new Incarnation(ByteString.copyFromUtf8(LAYOUT + " " + id + " " + era), id, era);
    }

    static Incarnation read(KeyValue stored) {
        String text = stored.getValue().toStringUtf8();
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || !matcher.group(1).equals(LAYOUT)) {
            throw new StorageException("The etcd key " + stored.getKey().toStringUtf8()
                    + " was not written by this version of Muster: use another prefix (the path of the store URI), or"
                    + " update Muster");
        }
        return new Incarnation(stored.getValue(), matcher.group(2), Long.parseLong(matcher.group(3)));
    }

    long revision(long etcdRevision) {
        return era + etcdRevision;
    }

    /** Of a revision of another incarnation: one that no key ever has. */
    long etcdRevision(long revision) {
        long own = revision - era;
        return own > 0 ? own : Long.MAX_VALUE;
    }

    /** The id of the session that a lease is, or null for none. */
    @Nullable
    String owner(long lease) {
        return lease == 0 ? null : Keys.hex(lease) + "-" + id;
    }
}
