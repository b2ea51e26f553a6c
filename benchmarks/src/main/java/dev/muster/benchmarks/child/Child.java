package dev.muster.benchmarks.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that works for a benchmark: another JVM with this one's class path, or any command. It is told and answers by
 * lines, and shall end when its input does, so that none outlives us.
 */
public final class Child implements AutoCloseable {

    private static final long SECONDS_TO_END = 20;

    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;

    private Child(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts a JVM with the default collector and compilers, and a small heap. */
    public static Child start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return start(command);
    }

    /** Starts any command. What it writes to its error stream is shown. */
    public static Child start(List<String> command) throws IOException {
        return new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    public long pid() {
        return process.pid();
    }

    public void tell(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
    }

    /**
     * The next line that it says.
     *
     * @throws IOException where it has ended instead
     */
    public String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("child process " + process.pid() + " ended without an answer: see its errors above");
        }
        return line;
    }

    /** Waits for this line. */
    public void expect(String line) throws IOException {
        String said = answer();
        if (!said.equals(line)) {
            throw new IOException("child process " + process.pid() + " said '" + said + "', not '" + line + "'");
        }
    }

    /** Ends its input, and waits until it has ended too; kills it where it does not. */
    @Override
    public void close() {
        endInput();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Closes all, which end side by side. */
    public static void closeAll(List<Child> children) {
        children.forEach(Child::endInput);
        children.forEach(Child::close);
    }

    private void endInput() {
        try {
            orders.close();
        } catch (IOException e) {
            // The child has ended already, which is what was wanted.
            process.destroy();
        }
    }
}
