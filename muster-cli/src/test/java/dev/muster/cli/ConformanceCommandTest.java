package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConformanceCommandTest {

    private static final Duration DEADLINE = Duration.ofMinutes(3);

    @Test
    void aStoreWithAFaultIsToldWhichPromiseItBreaks() {
        Invocation broken =
                Invocation.run(1, DEADLINE, "conformance", "forgetful://a", "--broken", "--only", "directories");
        assertThat(broken.out())
                .contains("BROKEN        Those that hold an entry are named and no others", " are broken")
                .doesNotContain("holds    ")
                .containsPattern("\\d+ promises hold, \\d+ are not made, \\d+ were not tried, \\d+ are broken");
        assertThat(Invocation.run(2, "conformance", "nothing://a").err()).contains("no engine for the scheme");
    }

    @Test
    void aStoreThatKeepsItsPromisesPasses() {
        // The recipes' chapters on locks: of the store's and of their own promises some hold, some are not promised or
        // not tried.
        Invocation kept = Invocation.run(0, DEADLINE, "conformance", "memory:", "--json", "--only", "lock");
        assertThat(kept.out())
                .contains("\"verdict\":\"holds\"", "\"verdict\":\"not_tried\"", "\"verdict\":\"not_promised\"")
                .containsPattern("\"holds\":\\d+,\"not_promised\":\\d+,\"not_tried\":\\d+,\"broken\":0")
                .doesNotContain("\"verdict\":\"broken\"");
    }
}
