package dev.muster.coordination.election;

import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Bytes;
import dev.muster.store.Entry;
import dev.muster.store.spi.DirectoryState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which candidate is in office, or is named to take it next. The entry {@value #ENTRY} is the leader's: it is created when
 * office is taken, and its session's end removes it with the candidate, so that nothing is left of a killed leader. The
 * entry {@value #NAMED} is nobody's, so that a hand-over outlives who handed over; who takes office removes it.
 *
 * @param revision of the entry: of a leader in office, its token
 */
record Term(String candidate, String memberId, long revision) {

    static final String ENTRY = "term";
    static final String NAMED = "named";

    /** Who is in office, or null. */
    static @Nullable Term of(DirectoryState state) {
        return of(state.get(ENTRY));
    }

    /** Who has been named, or null. */
    static @Nullable Term named(DirectoryState state) {
        return of(state.get(NAMED));
    }

    private static @Nullable Term of(@Nullable Entry entry) {
        if (entry == null) {
            return null;
        }
        String[] parts = entry.value().utf8().split("\n", 2);
        return new Term(parts[0], parts.length == 2 ? parts[1] : "", entry.modified());
    }

    static Bytes encode(String candidate, String memberId) {
        return Bytes.utf8(candidate + "\n" + memberId);
    }

    /** Who leads in this state of the directory. */
    static Optional<Leader> leader(DirectoryState state) {
        Term term = of(state);
        return term == null || state.get(term.candidate) == null
                ? Optional.empty()
                : Optional.of(new Leader(term.memberId, new FencingToken(term.revision)));
    }
}
