package dev.muster.coordination.partition;

import dev.muster.store.InvalidArgument;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Security;
import java.util.Locale;

/**
 * The hash of a ring of points. Every computation starts from a clone of one untouched digest: cheaper than looking the
 * algorithm up, safe for many threads, and nothing stays behind in theirs.
 */
final class RingDigest {
    private final MessageDigest untouched;

    private RingDigest(MessageDigest untouched) {
        this.untouched = untouched;
    }

    static RingDigest of(String algorithm) {
        try {
            return new RingDigest(
                    (MessageDigest) MessageDigest.getInstance(algorithm).clone());
        } catch (NoSuchAlgorithmException | CloneNotSupportedException e) {
            throw new InvalidArgument(
                    "Digest algorithm " + algorithm + " is not supported on this Java platform; there are "
                            + String.join(", ", Security.getAlgorithms("MessageDigest")),
                    e);
        }
    }

    String algorithm() {
        return untouched.getAlgorithm().toUpperCase(Locale.ROOT);
    }

    byte[] digest(byte[] key) {
        return copy(untouched).digest(key);
    }

    /** Puts the points 1 to {@code count} of a node among {@code points}; point i is the digest of i + 1 keys in a row. */
    void addPoints(byte[] nodeKey, int count, int node, PointList points) {
        MessageDigest running = copy(untouched);
        running.update(nodeKey);
        for (int i = 0; i < count; i++) {
            running.update(nodeKey);
            points.add(copy(running).digest(), node);
        }
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("A digest that could be cloned no longer can: " + digest, e);
        }
    }
}
