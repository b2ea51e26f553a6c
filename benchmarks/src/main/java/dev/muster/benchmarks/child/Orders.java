package dev.muster.benchmarks.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a child is told, and how it answers. */
public final class Orders {

    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    /** Waits for the next order; null at the end, when the child shall end too. */
    public @Nullable String next() throws IOException {
        return in.readLine();
    }

    public void answer(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Says that it is ready, and waits for the end. */
    public void untilEnd() throws IOException {
        answer("ready");
        while (next() != null) {
            answer("not understood");
        }
    }
}
