package dev.muster.cli.demo;

import dev.muster.cli.demo.Look.WorkerLook;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A panel at the foot of a terminal, drawn over and over, and above it the events as they come. */
public final class LiveView implements View {

    private static final Duration FRAME = Duration.ofMillis(100);
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintWriter out;
    private final int columns;
    private final boolean colours;
    private List<String> panel = List.of();
    private Duration drawn = FRAME.negated();

    /**
     * A view on a terminal that understands ANSI sequences.
     *
     * @param colours whether it may use colours, too
     */
    public LiveView(PrintWriter out, int columns, boolean colours) {
        this.out = out;
        this.columns = Math.max(40, columns);
        this.colours = colours;
    }

    @Override
    public void tell(Duration elapsed, String text) {
        erase();
        out.println(PlainView.clock(elapsed) + text);
        draw(panel);
    }

    @Override
    public void show(Look look) {
        if (look.elapsed().minus(drawn).compareTo(FRAME) < 0) {
            return;
        }
        drawn = look.elapsed();
        erase();
        draw(lines(look));
    }

    @Override
    public void end() {
        erase();
        panel = List.of();
        out.flush();
    }

    /** Takes the panel away: what is printed next stands where it began. */
    private void erase() {
        if (!panel.isEmpty()) {
            out.print("\r\u001b[" + panel.size() + "A\u001b[J");
        }
    }

    private void draw(List<String> lines) {
        panel = lines;
        lines.forEach(out::println);
        out.flush();
    }

    private List<String> lines(Look look) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(style(
                BOLD,
                cut(String.format(
                        Locale.ROOT, "  %-10s %8s  %-10s %10s %9s", "member", "pid", "", "partitions", "recorded"))));
        look.workers().forEach(worker -> lines.add(line(worker)));
        lines.add("");
        lines.add(cut("  partitions " + owners(look.owners())));
        lines.add(cut("  recorded   " + bar(look.recorded(), look.files())));
        return lines;
    }

    private String line(WorkerLook worker) {
        String text = cut(String.format(
                Locale.ROOT,
                "  %-10s %8d  %-10s %10d %9d",
                worker.id(),
                worker.pid(),
                worker.state().name().toLowerCase(Locale.ROOT),
                worker.partitions(),
                worker.recorded()));
        return switch (worker.state()) {
            case LEADING -> style(BOLD, text);
            case KILLED -> style(RED, text);
            case STOPPED, OUT -> style(YELLOW, text);
            case STARTING -> style(DIM, text);
            case WORKING -> text;
        };
    }

    /** One sign for each partition: the last of its owner's id. */
    private static String owners(List<String> owners) {
        StringBuilder signs = new StringBuilder();
        for (String owner : owners) {
            signs.append(owner.isEmpty() ? '.' : owner.charAt(owner.length() - 1));
        }
        return signs.toString();
    }

    private String bar(int done, int all) {
        int width = Math.max(10, Math.min(50, columns - 40));
        int full = (int) ((long) width * done / Math.max(1, all));
        return "█".repeat(full) + "░".repeat(width - full) + " " + done + " of " + all;
    }

    private String cut(String text) {
        return text.length() < columns ? text : text.substring(0, columns - 1);
    }

    private String style(String sequence, String text) {
        return colours ? sequence + text + PLAIN : text;
    }
}
