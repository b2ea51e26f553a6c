package dev.muster.coordination.lock;

import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import java.time.Instant;

/** What the value of a lock's entry says: since when, whether to give way, and who. */
record LockEntry(Instant since, boolean giveWay, String memberId) {

    private static final char ASKED = '-';
    private static final char GIVE_WAY = '!';

    static LockEntry now(String memberId) {
        return new LockEntry(Instant.ofEpochMilli(System.currentTimeMillis()), false, memberId);
    }

    static LockEntry of(Entry entry) {
        String text = entry.value().utf8();
        int mark = 0;
        while (mark < text.length() && Character.isDigit(text.charAt(mark))) {
            mark++;
        }
        if (mark == 0 || mark >= text.length()) {
            return new LockEntry(Instant.EPOCH, false, "?");
        }
        return new LockEntry(
                Instant.ofEpochMilli(Long.parseLong(text.substring(0, mark))),
                text.charAt(mark) == GIVE_WAY,
                text.substring(mark + 1));
    }

    Bytes encode() {
        return Bytes.utf8(since.toEpochMilli() + String.valueOf(giveWay ? GIVE_WAY : ASKED) + memberId);
    }

    LockEntry askedToGiveWay() {
        return new LockEntry(since, true, memberId);
    }
}
