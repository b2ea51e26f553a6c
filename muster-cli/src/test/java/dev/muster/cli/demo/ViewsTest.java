package dev.muster.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.demo.Look.State;
import dev.muster.cli.demo.Look.WorkerLook;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewsTest {

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);

    @Test
    void theLiveViewShowsWhoOwnsWhatAndTakesItsPanelAway() {
        LiveView view = new LiveView(out, 80, false);
        view.show(look(1));
        assertThat(text.toString()).contains("worker-1", "leading", "killed", "partitions 1.2", "1 of 4");
        int panel = (int) text.toString().lines().count();
        view.tell(Duration.ofSeconds(1), "something happened");
        assertThat(text.toString()).contains("\u001b[" + panel + "A\u001b[J  1.0 s  something happened");
        view.end();
        assertThat(text.toString()).endsWith("\u001b[" + panel + "A\u001b[J");
    }

    @Test
    void thePlainViewTellsOfProgressNowAndThen() {
        PlainView view = new PlainView(out);
        view.tell(Duration.ofSeconds(1), "begun");
        view.show(look(2));
        view.show(look(5));
        view.show(look(6));
        assertThat(text.toString().lines().toList())
                .containsExactly("  1.0 s  begun", "  5.0 s  1 of 4 files are recorded");
    }

    private static Look look(int seconds) {
        return new Look(
                Duration.ofSeconds(seconds),
                List.of(
                        new WorkerLook("worker-1", 11, State.LEADING, 1, 1),
                        new WorkerLook("worker-2", 12, State.KILLED, 1, 0)),
                List.of("worker-1", "", "worker-2"),
                1,
                4);
    }
}
