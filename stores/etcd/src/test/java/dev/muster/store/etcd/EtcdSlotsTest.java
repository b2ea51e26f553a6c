package dev.muster.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.muster.servers.EtcdRelease;
import dev.muster.servers.EtcdServer;
import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Nonce;
import dev.muster.store.Session;
import dev.muster.store.SessionOptions;
import dev.muster.store.Store;
import dev.muster.store.etcd.Slots.Slot;
import dev.muster.store.testkit.WatchRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Owned entries that were appended lie in keys that are used again, and nobody can tell. */
class EtcdSlotsTest {

    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final ByteString DIRECTORY = ByteString.copyFromUtf8("muster/d/locks/a//");

    private final String directory = "slots/" + Nonce.next();
    private Store store;
    private Store other;
    private Session session;

    @BeforeEach
    void open() {
        String url = EtcdServer.shared(EtcdRelease.INSTALLED).url();
        store = Store.open(url);
        other = Store.open(url);
        session = store.openSession(SessionOptions.DEFAULT, DEADLINE);
    }

    @AfterEach
    void close() {
        store.close();
        other.close();
    }

    @Test
    void manyNamesOfOneProcessHaveFewKeysAndEachIsReadFromKeyAndValue() {
        Set<ByteString> keys = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String name = "x-" + Nonce.next() + (i % 3 == 0 ? "-" + i % 32 : "");
            Slot slot = Objects.requireNonNull(Slots.of(DIRECTORY, name));
            if (i % 3 != 0) {
                keys.add(slot.key());
            }
            ByteString value = slot.value(ByteString.copyFromUtf8("some"));
            for (int after = 0; after < 3; after++) {
                ByteString lastPart = slot.key(after).substring(DIRECTORY.size());
                assertThat(Slots.isSlot(lastPart)).isTrue();
                assertThat(Slots.name(lastPart, value)).isEqualTo(name);
            }
            assertThat(Slots.content(value).toStringUtf8()).isEqualTo("some");
            assertThat(slot.isIn(value)).isTrue();
        }
        assertThat(keys).hasSizeLessThanOrEqualTo(64);
        assertThat(Slots.of(DIRECTORY, "m.a-member")).isNull();
        assertThat(Slots.isSlot(ByteString.copyFromUtf8("m.a-member"))).isFalse();
    }

    @Test
    void oneThatIsAloneInItsSlotAndOneOfManyObeyTheSameGuardsOfAnybody() {
        WatchRecorder seen = WatchRecorder.of(other, directory);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            Commit.Builder builder = Commit.in(directory).as(session);
            names.add(builder.appendOwned("x-", Bytes.utf8("" + i)));
            Commit commit = builder.build(Commit.Reply.NAMES);
            assertThat(store.commit(commit, DEADLINE).names()).containsExactlyElementsOf(names);
        }
        assertThat(other.list(directory, DEADLINE).names()).containsExactlyElementsOf(names);
        for (int i = 0; i < names.size(); i += 10) {
            obeys(names.get(i), "" + i);
        }
        seen.awaitStateOf(store, directory);
        session.close();
        assertThat(other.list(directory, DEADLINE).entries()).isEmpty();
        seen.awaitNames();
    }

    @Test
    void aDirectoryOfMoreThanOnePageOfThemIsAnsweredWhole() {
        List<String> names = new ArrayList<>();
        List<CompletableFuture<CommitResult>> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Commit.Builder builder = Commit.in(directory).as(session);
            for (int each = 0; each < 30; each++) {
                names.add(builder.appendOwned("x-", Bytes.utf8("v")));
            }
            sent.add(store.commit(builder.build()));
        }
        sent.forEach(CompletableFuture::join);
        Commit.Builder builder = Commit.in(directory).as(session);
        names.add(builder.appendOwned("x-", Bytes.utf8("v")));
        assertThat(store.commit(builder.build(Commit.Reply.NAMES), DEADLINE).names())
                .containsExactlyInAnyOrderElementsOf(names);
        Commit plain = Commit.in(directory).put("plain", Bytes.EMPTY).build(Commit.Reply.NAMES);
        assertThat(other.commit(plain, DEADLINE).names())
                .hasSize(names.size() + 1)
                .containsAll(names);
        Commit release = Commit.in(directory).delete(names.get(7)).build(Commit.Reply.NAMES);
        assertThat(other.commit(release, DEADLINE).names()).hasSize(names.size());
    }

    @Test
    void manyInTheSlotOfOneTurnAreFoundEach() {
        List<String> names = new ArrayList<>();
        ByteString first = null;
        while (names.size() < 110) {
            Commit.Builder builder = Commit.in(directory).as(session);
            String name = builder.appendOwned("x-", Bytes.utf8("" + names.size()));
            ByteString key = Objects.requireNonNull(Slots.of(DIRECTORY, name)).key();
            first = first == null ? key : first;
            if (key.equals(first)) {
                assertThat(store.commit(builder.build(), DEADLINE).isApplied()).isTrue();
                names.add(name);
            }
        }
        assertThat(other.list(directory, DEADLINE).names()).containsExactlyElementsOf(names);
        for (String name : names) {
            applied(Commit.in(directory).present(name).delete(name));
        }
        assertThat(other.list(directory, DEADLINE).entries()).isEmpty();
    }

    private void obeys(String name, String value) {
        Entry entry = other.list(directory, DEADLINE).find(name).orElseThrow();
        assertThat(entry.value().utf8()).isEqualTo(value);
        assertThat(entry.ownerId()).isEqualTo(session.id());
        refused(Commit.in(directory).absent(name).put("free", Bytes.EMPTY));
        refused(Commit.in(directory).at(name, entry.modified() - 1));
        refused(Commit.in(directory).created(name, entry.created() - 1).delete(name));
        applied(Commit.in(directory).present(name));
        long put = applied(Commit.in(directory).put(name, Bytes.utf8("put")));
        applied(Commit.in(directory).at(name, put).created(name, entry.created()));
        Entry updated = other.list(directory, DEADLINE).find(name).orElseThrow();
        assertThat(updated).isEqualTo(new Entry(name, Bytes.utf8("put"), entry.created(), put, session.id()));
        Commit own = Commit.in(directory)
                .as(session)
                .present(name)
                .putOwned(name, Bytes.EMPTY)
                .build();
        assertThat(store.commit(own, DEADLINE).isApplied()).isTrue();
        assertThat(other.list(directory, DEADLINE).find(name).orElseThrow().value())
                .isEqualTo(Bytes.EMPTY);
        applied(Commit.in(directory).delete(name));
        assertThat(other.list(directory, DEADLINE).find(name)).isEmpty();
        refused(Commit.in(directory).present(name).put("free", Bytes.EMPTY));
        refused(Commit.in(directory).created(name, entry.created()).delete(name));
        applied(Commit.in(directory).absent(name));
        // A name of that form which was not appended.
        applied(Commit.in(directory).delete(name).put("beside", Bytes.EMPTY));
        long again = applied(Commit.in(directory).put(name, Bytes.utf8("again")));
        assertThat(other.list(directory, DEADLINE).find(name).orElseThrow())
                .isEqualTo(new Entry(name, Bytes.utf8("again"), again, again, null));
        applied(Commit.in(directory).present(name).created(name, again));
        refused(Commit.in(directory).absent(name));
        applied(Commit.in(directory).delete(name).delete("beside"));
        long last = applied(Commit.in(directory).absent(name).put(name, Bytes.EMPTY));
        assertThat(last).isGreaterThan(again);
        applied(Commit.in(directory).at(name, last).delete(name));
        assertThat(other.list(directory, DEADLINE).find(name)).isEmpty();
    }

    private long applied(Commit.Builder builder) {
        CommitResult result = other.commit(builder.build(), DEADLINE);
        assertThat(result).isInstanceOf(CommitResult.Applied.class);
        return ((CommitResult.Applied) result).revision();
    }

    private void refused(Commit.Builder builder) {
        assertThat(other.commit(builder.build(), DEADLINE)).isInstanceOf(CommitResult.Refused.class);
    }
}
