package dev.muster.store.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Guard;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Limits;
import dev.muster.store.MusterException;
import dev.muster.store.WatchOptions;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is exactly at a limit passes; one more is refused by name, and leaves everything as it was. */
abstract class LimitPromises extends Promises {

    private Limits limits = Limits.STANDARD;

    LimitPromises(StoreContract engine) {
        super(engine);
    }

    @BeforeEach
    void readLimits() {
        limits = store.limits();
    }

    private MusterException refuses(UnaryOperator<Commit.Builder> faulty) {
        Commit commit = faulty.apply(in().put("beside", text("1"))).build();
        MusterException failure = failureOf(store.commit(commit));
        assertThat(failure).isInstanceOf(InvalidArgument.class);
        assertThat(failure.retry()).isEqualTo(MusterException.Retry.NEVER);
        assertThat(list().find("beside")).isEmpty();
        return failure;
    }

    private static Bytes bytes(int size) {
        return Bytes.wrap(new byte[size]);
    }

    @Test
    void theyAreNotAboveThoseOfTheContract() {
        Limits most = Limits.STANDARD;
        assertThat(limits.nameBytes()).isBetween(1, most.nameBytes());
        assertThat(limits.pathBytes()).isBetween(root.length() + 20, most.pathBytes());
        assertThat(limits.valueBytes()).isBetween(1, most.valueBytes());
        assertThat(limits.commitChanges()).isBetween(2, most.commitChanges());
        assertThat(limits.commitBytes()).isBetween(limits.valueBytes(), most.commitBytes());
        assertThat(limits.directoryNameBytes()).isBetween(limits.nameBytes(), most.directoryNameBytes());
        assertThat(limits.minSession()).isLessThanOrEqualTo(limits.maxSession());
    }

    @Test
    void aNameOfTheGreatestLengthPassesAndOneByteMoreDoesNot() {
        for (String letter : new String[] {"x", "é", "\u20ac", "\uD83D\uDE00"}) {
            int size = text(letter).size();
            String longest = letter.repeat(limits.nameBytes() / size) + "x".repeat(limits.nameBytes() % size);
            apply(in().put(longest, text("1")));
            assertThat(list().find(longest)).isPresent();
            apply(in().present(longest).delete(longest));
            MusterException failure = refuses(commit -> commit.put(longest + "x", text("1")));
            assertThat(failure)
                    .hasMessageContaining(String.valueOf(limits.nameBytes()))
                    .hasMessageContaining(String.valueOf(limits.nameBytes() + 1))
                    .hasMessageNotContaining(longest);
            refuses(commit -> commit.delete(longest + "x"));
            refuses(commit -> commit.guard(new Guard.Absent(longest + "x")));
        }
    }

    @Test
    void aPrefixOfTheGreatestLengthPassesAndOneByteMoreDoesNot() {
        String longest = "x".repeat(Commit.Builder.MAX_PREFIX);
        Commit.Builder builder = in();
        String name = builder.append(longest, text("1"));
        String second = builder.append(longest, text("1"));
        apply(builder);
        assertThat(list().names()).containsExactlyInAnyOrder(name, second);
        assertThatThrownBy(() -> in().append(longest + "x", text("1")))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("81");
    }

    @Test
    void aPathOfTheGreatestLengthPassesAndOneByteMoreDoesNot() {
        String longest = root + "/" + "x".repeat(limits.pathBytes() - root.length() - 1);
        apply(in(longest).put("a", text("1")));
        assertThat(list(store, longest).names()).containsExactly("a");
        assertThat(directories(root)).containsExactly(longest);
        String over = longest + "x";
        assertThat(failureOf(store.commit(in(over).put("a", text("1")).build())))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining(String.valueOf(limits.pathBytes()));
        assertThat(failureOf(store.list(over))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> store.watch(over, WatchOptions.ALL, event -> {}))
                .isInstanceOf(InvalidArgument.class);
    }

    @Test
    void aValueOfTheGreatestSizePassesAndOneByteMoreDoesNot() {
        apply(in().put("a", bytes(limits.valueBytes())));
        assertThat(entry("a").value().size()).isEqualTo(limits.valueBytes());
        MusterException failure = refuses(commit -> commit.put("a", bytes(limits.valueBytes() + 1)));
        assertThat(failure)
                .hasMessageContaining(String.valueOf(limits.valueBytes()))
                .hasMessageContaining(String.valueOf(limits.valueBytes() + 1));
        assertThat(entry("a").value().size()).isEqualTo(limits.valueBytes());
    }

    @Test
    void aCommitOfTheGreatestNumberOfChangesPassesAndOneMoreDoesNot() {
        Commit.Builder fits = in();
        for (int i = 0; i < limits.commitChanges(); i++) {
            fits.put("n" + i, text("1"));
        }
        apply(fits);
        MusterException failure = refuses(commit -> {
            for (int i = 0; i < limits.commitChanges(); i++) {
                commit.delete("n" + i);
            }
            return commit;
        });
        assertThat(failure).hasMessageContaining(String.valueOf(limits.commitChanges() + 1));
        assertThat(list().entries()).hasSize(limits.commitChanges());
    }

    @Test
    void aCommitOfTheGreatestSizePassesAndOneByteMoreDoesNot() {
        apply(filled(limits.commitBytes()));
        Commit.Builder over = filled(limits.commitBytes() + 1);
        assertThat(failureOf(store.commit(over.build())))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining(String.valueOf(limits.commitBytes() + 1));
    }

    /** A commit whose names and values have so many bytes. */
    private Commit.Builder filled(int total) {
        Commit.Builder builder = in();
        int left = total;
        for (int i = 0; left > 0; i++) {
            String name = "n" + i;
            int size = Math.min(limits.valueBytes(), left - name.length());
            builder.put(name, bytes(Math.max(size, 0)));
            left -= name.length() + Math.max(size, 0);
        }
        return builder;
    }

    @Test
    void aDirectoryHoldsNamesUpToTheLimitAndNoMore() {
        int each = limits.nameBytes();
        int left = limits.directoryNameBytes();
        int number = 0;
        while (left > 0) {
            Commit.Builder builder = in();
            for (int i = 0; i < limits.commitChanges() && left > 0; i++) {
                builder.put(name(number++, Math.min(each, left)), Bytes.EMPTY);
                left -= Math.min(each, left);
            }
            apply(builder);
        }
        assertThat(list().entries()).hasSize(number);
        assertThat(refuses(commit -> commit)).hasMessageContaining(String.valueOf(limits.directoryNameBytes()));
        String first = name(0, each);
        apply(in().put(first, text("2")));
        apply(in().delete(first).put(name(number, each), Bytes.EMPTY));
        apply(in().delete(name(1, each)));
        apply(in().put("x".repeat(each), Bytes.EMPTY));
    }

    private static String name(int number, int length) {
        String digits = String.format("%08d", number);
        return length <= digits.length() ? "y".repeat(length) : digits + "x".repeat(length - digits.length());
    }

    @Test
    void aNameMayOccurOnceInTheChangesOfACommit() {
        refuses(commit -> commit.put("a", text("1")).put("a", text("2")));
        refuses(commit -> commit.put("a", text("1")).delete("a"));
    }

    @ParameterizedTest(name = "{index}")
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "/",
                "a/b",
                "/a",
                "a/",
                "\u0000",
                "a\u0001",
                "a\nb",
                "\u007f",
                "\u0085",
                "\uD800",
                "a\uDC00b"
            })
    void anIllegalNameIsRefused(String name) {
        refuses(commit -> commit.put(name, text("1")));
        refuses(commit -> commit.delete(name));
        refuses(commit -> commit.guard(new Guard.Absent(name)));
        refuses(commit -> commit.guard(new Guard.Created(name, 1)));
    }

    @ParameterizedTest(name = "{index}")
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/.", "a/../b", "a\u0000", "a/\tb", "\uD800"})
    void anIllegalPathIsRefused(String path) {
        assertThat(failureOf(store.commit(in(path).put("a", text("1")).build())))
                .isInstanceOf(InvalidArgument.class);
        assertThat(failureOf(store.list(path))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> store.watch(path, WatchOptions.ALL, event -> {}))
                .isInstanceOf(InvalidArgument.class);
    }

    @ParameterizedTest(name = "{index}")
    @ValueSource(
            strings = {
                " ",
                "...",
                "a b",
                "%2F",
                "\\",
                "'\"`",
                "$(x)",
                "*?[a]",
                "{x}:#",
                "-",
                "_",
                "日本語",
                "\uD83D\uDE00",
                "NULL",
                "a\u00a0"
            })
    void anUnusualNameIsAsGoodAsAnyOther(String name) {
        String path = root + "/" + name;
        long revision = apply(in(path).absent(name).put(name, text(name)));
        assertThat(list(store, path).names()).containsExactly(name);
        assertThat(directories(root)).containsExactly(path);
        apply(in(path).at(name, revision).delete(name));
        assertThat(directories(root)).isEmpty();
    }
}
