package dev.muster.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

/** What an error of the server says about a statement that it interrupted. */
class FailuresTest {

    private static PSQLException error(String severity, String state) {
        return new PSQLException(
                new ServerErrorMessage("S" + severity + "\0C" + state + "\0Mcould not write to file\0"));
    }

    @Test
    void anErrorUndoesAndTheLastWordsOfAServerDoNot() {
        assertThat(Failures.isUndone(error("ERROR", "53100"))).isTrue();
        assertThat(Failures.isUndone(error("FEHLER", "53100"))).isTrue();
        assertThat(Failures.isUndone(error("PANIC", "53100"))).isFalse();
        assertThat(Failures.isUndone(error("FATAL", "53100"))).isFalse();
        PSQLException inGerman = error("PANIK", "53100");
        inGerman.setNextException(new PSQLException("the connection is gone", PSQLState.CONNECTION_FAILURE));
        assertThat(Failures.isUndone(inGerman)).isFalse();
    }
}
