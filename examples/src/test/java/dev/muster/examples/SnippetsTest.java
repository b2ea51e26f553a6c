package dev.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SnippetsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyJavaSnippetOfTheDocumentationStandsInAnExampleThatIsCompiled() throws IOException {
        String examples =
                read(Path.of("src/main/java")).stream().map(SnippetsTest::flat).collect(Collectors.joining("\n"));
        int seen = 0;
        for (Path page : pages()) {
            Matcher snippet = JAVA.matcher(Files.readString(page));
            while (snippet.find()) {
                seen++;
                assertThat(examples).as("a snippet of %s", page).contains(flat(snippet.group(1)));
            }
        }
        assertThat(seen).isPositive();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md")),
                            docs.filter(path -> path.toString().endsWith(".md")))
                    .toList();
        }
    }

    private static List<String> read(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(".java"))
                    .map(SnippetsTest::text)
                    .toList();
        }
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Without white space: the formatter breaks lines as it likes. */
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }
}
