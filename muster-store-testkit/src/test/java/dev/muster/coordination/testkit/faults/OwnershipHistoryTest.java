package dev.muster.coordination.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.coordination.testkit.faults.OwnershipHistory.Event;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OwnershipHistoryTest {

    private static OwnershipHistory history(String... lines) {
        return new OwnershipHistory(Stream.of(lines)
                .map(line -> Event.parse(line.substring(0, 1), line.substring(2)))
                .toList());
    }

    @Test
    void oneOwnerAfterTheOtherIsNoBreach() {
        OwnershipHistory history = history(
                "a acquired 1 10",
                "a acted 1 11",
                "a wrote 1 12 101",
                "b acquired 5 20",
                "a acted 1 19",
                "a wrote 1 25 102",
                "b acted 5 21",
                "b wrote 5 26 103",
                "a stale 1 27",
                "a lost 1 28");
        assertThat(history.sharedTokens()).isEmpty();
        assertThat(history.staleWrites()).isEmpty();
        assertThat(history.actionsTooLate()).isEmpty();
    }

    @Test
    void anActionAfterAnotherWasKnownToOwnIsFound() {
        assertThat(history("a acquired 1 10", "b acquired 5 20", "a acted 1 21").actionsTooLate())
                .hasSize(1);
        assertThat(history("a acquired 1 10", "b acquired 5 90", "c acquired 7 20", "a acted 1 21")
                        .actionsTooLate())
                .hasSize(1);
    }

    @Test
    void aWriteOfAnEarlierOwnerAfterOneOfALaterIsFound() {
        assertThat(history("b wrote 5 10 101", "a wrote 1 9 102", "b wrote 5 11 103")
                        .staleWrites())
                .hasSize(1);
    }

    @Test
    void aTokenThatIsNotAboveThatOfAnEarlierOwnerIsFound() {
        OwnershipHistory history = history("a acquired 5 20 10", "b acquired 3 40 30");
        assertThat(history.tokensOutOfOrder()).hasSize(1);
        // Who asked before the other was known may have come first.
        assertThat(history("a acquired 5 20 10", "b acquired 3 40 15").tokensOutOfOrder())
                .isEmpty();
    }

    @Test
    void aTokenThatTwoHaveIsFound() {
        assertThat(history("a acquired 1 10", "b acquired 1 20").sharedTokens()).hasSize(1);
    }
}
