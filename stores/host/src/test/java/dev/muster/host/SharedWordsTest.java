package dev.muster.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedWordsTest {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    @TempDir
    Path directory;

    @Test
    void aTurnIsTakenOnceAnInterval() {
        try (SharedWords one = SharedWords.open(directory.resolve("shared"), 4);
                SharedWords two = SharedWords.open(directory.resolve("shared"), 4)) {
            assertThat(one.takeTurn(1, HOUR)).isTrue();
            assertThat(two.takeTurn(1, HOUR)).isFalse();
            assertThat(two.takeTurn(1, 1)).isTrue();
            assertThat(two.takeTurn(2, HOUR)).isTrue();
        }
    }

    @Test
    void aTimeFromBeforeARestartOfTheHostIsNoTimeOfNow() {
        try (SharedWords words = SharedWords.open(directory.resolve("shared"), 4)) {
            words.set(0, System.nanoTime() + HOUR);
            assertThat(words.isWithin(0, HOUR)).isFalse();
            assertThat(words.takeTurn(0, HOUR)).isTrue();
            assertThat(words.isWithin(0, HOUR)).isTrue();
        }
    }
}
