package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Guard;
import dev.muster.store.OwnerMismatch;
import dev.muster.store.Session;
import dev.muster.store.SessionLostException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose an entry is, and what a commit may do in the name of a session. */
abstract class OwnerPromises extends Promises {

    OwnerPromises(StoreContract engine) {
        super(engine);
    }

    @Test
    void anOwnedEntryNamesItsOwner() {
        Session session = session();
        long revision = apply(in().as(session).putOwned("a", text("1")).put("b", text("1")));
        assertThat(entry("a")).isEqualTo(new Entry("a", text("1"), revision, revision, session.id()));
        assertThat(entry("b").ownerId()).isNull();
        Commit.Builder appends = in().as(session);
        String name = appends.appendOwned("q-", text("1"));
        apply(appends);
        assertThat(entry(name).isOwnedBy(session)).isTrue();
    }

    @Test
    void anUnownedPutKeepsTheOwner() {
        Session session = session();
        long created = apply(in().as(session).putOwned("a", text("1")));
        long modified = apply(open(), in().put("a", text("2")));
        assertThat(entry("a")).isEqualTo(new Entry("a", text("2"), created, modified, session.id()));
        long again = apply(in().as(session).putOwned("a", text("3")));
        assertThat(entry("a")).isEqualTo(new Entry("a", text("3"), created, again, session.id()));
    }

    @Test
    void anOwnedPutOfAnEntryOfAnotherOwnerOrOfNoneFailsWhole() {
        Session owner = session();
        Session other = session();
        apply(in().as(owner).putOwned("owned", text("1")).put("free", text("1")));
        List<Entry> before = list().entries();
        for (String name : List.of("owned", "free")) {
            Commit commit = in().as(other)
                    .put("beside", text("1"))
                    .putOwned(name, text("2"))
                    .build();
            assertThat(failureOf(store.commit(commit))).isInstanceOf(OwnerMismatch.class);
            assertThat(list().entries()).isEqualTo(before);
        }
    }

    @Test
    void aFailingGuardIsToldBeforeAWrongOwnerAndAnEndedSessionBeforeBoth() {
        Session owner = session();
        apply(in().as(owner).putOwned("a", text("1")));
        Session other = session();
        Commit both = in().as(other).absent("a").putOwned("a", text("2")).build();
        assertThat(refused(commit(both)).guard()).isEqualTo(new Guard.Absent("a"));
        other.close();
        Commit all = in().as(other).absent("a").putOwned("a", text("2")).build();
        assertThat(failureOf(store.commit(all))).isInstanceOf(SessionLostException.class);
    }

    @Test
    void aDeletedEntryMayBeTakenByAnother() {
        Session owner = session();
        Session other = session();
        apply(in().as(owner).putOwned("a", text("1")));
        apply(in().delete("a"));
        apply(in().as(other).putOwned("a", text("2")));
        owner.close();
        assertThat(entry("a").isOwnedBy(other)).isTrue();
    }

    @Test
    void guardsNoLongerSeeTheEntriesOfAnEndedSession() {
        Session session = session();
        long revision = apply(in().as(session).putOwned("a", text("1")));
        session.close();
        refused(commit(in().present("a").put("x", text("1")).build()));
        refused(commit(in().at("a", revision).put("x", text("1")).build()));
        refused(commit(in().created("a", revision).put("x", text("1")).build()));
        long next = apply(in().absent("a").put("a", text("2")));
        assertThat(next).isGreaterThan(revision);
        assertThat(list().entries()).containsExactly(new Entry("a", text("2"), next, next, null));
    }

    @Test
    void aCommitThatNamesAnEndedSessionFailsWhole() {
        Session session = session();
        apply(in().as(session).putOwned("a", text("1")).put("free", text("1")));
        session.close();
        List<Entry> before = list().entries();
        for (Commit.Builder late : List.of(
                in().as(session).put("free", text("2")),
                in().as(session).put("new", text("1")),
                in().as(session).delete("free"),
                in().as(session).putOwned("a", text("2")),
                in().as(session).present("free"))) {
            assertThat(failureOf(store.commit(late.build()))).isInstanceOf(SessionLostException.class);
            assertThat(list().entries()).isEqualTo(before);
        }
    }

    @Test
    void twoSessionsOfOneClientOwnTheirOwnEntries() {
        Session one = session();
        Session two = session();
        apply(in().as(one).putOwned("one", text("1")));
        apply(in().as(two).putOwned("two", text("1")));
        one.close();
        assertThat(list().names()).containsExactly("two");
        apply(in().as(two).putOwned("two", text("2")));
        two.close();
        assertThat(list().entries()).isEmpty();
    }
}
