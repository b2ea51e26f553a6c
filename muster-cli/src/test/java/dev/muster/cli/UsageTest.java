package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class UsageTest {

    @Test
    void everyCommandHasHelpWorthReading() {
        Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
        assertThat(commands).hasSizeGreaterThan(10);
        commands.forEach((name, command) -> {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(Invocation.run(0, name, "--help").out()).contains("Usage: muster " + name, "Options:");
            }
        });
        assertThat(Invocation.run(0, "--help").out()).contains("MUSTER_STORE", "Exit status", "conformance");
    }

    @Test
    void whatCannotBeUnderstoodIsOneLineAndAHint() {
        assertThat(Invocation.run(2, "lok").err().lines().toList())
                .containsExactly(
                        "muster: Unmatched argument at index 0: 'lok'",
                        "Did you mean lock or locks?",
                        "Try 'muster --help'.");
        assertThat(Invocation.run(2, "lock", "a", "--timeout", "5", "--", "true")
                        .err())
                .contains("write a number and a unit");
        assertThat(Invocation.run(2).err()).contains("Usage: muster");
    }

    @Test
    void aStoreThatIsNotThereIsToldWithoutAStackTrace() {
        assertThat(Invocation.run(2, "groups", "--store", "tape://4").err().lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("no engine for the scheme 'tape'");
        assertThat(Invocation.run(2, "groups", "--verbose", "--store", "tape://4")
                        .err())
                .contains("\tat ");
    }

    @Test
    void theDefaultStoreIsTheUsersOwn() {
        assertThat(StoreOptions.defaultUrl(Map.of("MUSTER_STORE", "ipc://a"))).isEqualTo("ipc://a");
        assertThat(StoreOptions.defaultUrl(Map.of("XDG_STATE_HOME", "/x y"))).isEqualTo("file:///x%20y/muster/store");
        assertThat(StoreOptions.defaultUrl(Map.of()))
                .isEqualTo(StoreOptions.fileUrl(Path.of(System.getProperty("user.home"), ".local/state/muster/store")));
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        assertThat(Invocation.run(0, "completion", "bash").out()).contains("complete ", "conformance", "--namespace");
    }

    @Test
    void tablesAreAligned() {
        List<String> lines = new Table("A", "B").row("long", "x").row("é", "y").lines();
        assertThat(lines).containsExactly("A     B", "long  x", "é     y");
    }
}
