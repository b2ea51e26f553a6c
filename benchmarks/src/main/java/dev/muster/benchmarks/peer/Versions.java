package dev.muster.benchmarks.peer;

import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of libraries, from the names of their jars: not all of them tell in another way. */
final class Versions {

    private static final Pattern VERSION = Pattern.compile("-(\\d[^/]*)\\.jar$");

    private Versions() {}

    /** The name with the version of the jar that the class is from. */
    static String named(String name, Class<?> from) {
        CodeSource source = from.getProtectionDomain().getCodeSource();
        URL jar = source == null ? null : source.getLocation();
        return jar == null
                ? name
                : named(name, Path.of(jar.getPath()).getFileName().toString());
    }

    static String named(String name, String jar) {
        Matcher matcher = VERSION.matcher(jar);
        return matcher.find() ? name + " " + matcher.group(1) : name;
    }
}
