package dev.muster.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Lines alone, for logs: each event, and now and then how far the work is. */
public final class PlainView implements View {

    private static final Duration QUIET = Duration.ofSeconds(3);

    private final PrintWriter out;
    private Duration last = Duration.ZERO;
    private int recorded;

    public PlainView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void tell(Duration elapsed, String text) {
        out.println(clock(elapsed) + text);
        out.flush();
        last = elapsed;
    }

    @Override
    public void show(Look look) {
        if (look.recorded() > recorded && look.elapsed().minus(last).compareTo(QUIET) >= 0) {
            recorded = look.recorded();
            tell(look.elapsed(), recorded + " of " + look.files() + " files are recorded");
        }
    }

    @Override
    public void end() {
        out.flush();
    }

    static String clock(Duration elapsed) {
        return String.format(Locale.ROOT, "%5.1f s  ", elapsed.toMillis() / 1e3);
    }
}
