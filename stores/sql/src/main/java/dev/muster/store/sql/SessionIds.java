package dev.muster.store.sql;

import dev.muster.store.Nonce;
import java.util.UUID;

/** The ids of sessions: 32 hexadecimal digits for people, 16 bytes for the database. */
public final class SessionIds {

    private static final int HALF = 16;
    private static final int RADIX = 16;

    private SessionIds() {}

    static UUID next() {
        Nonce nonce = Nonce.next();
        return new UUID(nonce.process(), nonce.count());
    }

    public static String text(UUID id) {
        return new Nonce(id.getMostSignificantBits(), id.getLeastSignificantBits()).toString();
    }

    public static UUID uuid(String text) {
        return new UUID(
                Long.parseUnsignedLong(text, 0, HALF, RADIX), Long.parseUnsignedLong(text, HALF, text.length(), RADIX));
    }
}
