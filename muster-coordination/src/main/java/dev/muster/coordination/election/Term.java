package dev.muster.coordination.election;

import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.spi.DirectoryState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entry {@code term}: which candidate leads, or has been named to lead and has not taken office yet.
 *
 * @param revision of the entry: of a leader in office, its token
 */
record Term(String candidate, boolean inOffice, String memberId, long revision) {

    static final String ENTRY = "term";
    private static final String IN_OFFICE = "leads";
    private static final String NAMED = "named";

    static @Nullable Term of(DirectoryState state) {
        return of(state.get(ENTRY));
    }

    static @Nullable Term of(@Nullable Entry entry) {
        if (entry == null) {
            return null;
        }
        String[] parts = entry.value().utf8().split("\n", 3);
        return parts.length == 3
                ? new Term(parts[1], parts[0].equals(IN_OFFICE), parts[2], entry.modified())
                : new Term("", false, "", entry.modified());
    }

    static Bytes inOffice(String candidate, String memberId) {
        return Bytes.utf8(IN_OFFICE + "\n" + candidate + "\n" + memberId);
    }

    static Bytes named(String candidate, String memberId) {
        return Bytes.utf8(NAMED + "\n" + candidate + "\n" + memberId);
    }

    /** Who leads in this state of the directory. */
    static Optional<Leader> leader(DirectoryState state) {
        Term term = of(state);
        return term == null || !term.inOffice || state.get(term.candidate) == null
                ? Optional.empty()
                : Optional.of(new Leader(term.memberId, new FencingToken(term.revision)));
    }
}
