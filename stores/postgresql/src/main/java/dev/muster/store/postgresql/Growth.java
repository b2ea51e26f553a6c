package dev.muster.store.postgresql;

import dev.muster.store.Change;
import dev.muster.store.Commit;
import dev.muster.store.Guard;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * By how much a directory will grow if a commit is applied, as far as its guards tell: the server counts, and only has to
 * write once more where this was wrong.
 */
record Growth(int entries, int nameBytes) {

    static Growth of(Commit commit) {
        int entries = 0;
        int nameBytes = 0;
        for (Change change : commit.changes()) {
            int sign = sign(change, commit.guards());
            entries += sign;
            nameBytes += sign * change.name().getBytes(StandardCharsets.UTF_8).length;
        }
        return new Growth(entries, nameBytes);
    }

    private static int sign(Change change, List<Guard> guards) {
        if (change instanceof Change.Append) {
            return 1;
        }
        boolean put = change instanceof Change.Put;
        for (Guard guard : guards) {
            if (guard.name().equals(change.name()) && guard instanceof Guard.Absent == put) {
                return put ? 1 : -1;
            }
        }
        return 0;
    }
}
