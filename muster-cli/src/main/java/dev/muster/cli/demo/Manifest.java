package dev.muster.cli.demo;

import java.util.List;
import java.util.Map;

/** A list of files with their digests, in the form of {@code sha256sum}. */
final class Manifest {

    private Manifest() {}

    /** One line for each file that could be read, as {@code sha256sum} leaves the others out too. */
    static String of(List<String> files, Map<Integer, FileRecord> records) {
        StringBuilder text = new StringBuilder();
        for (int file = 0; file < files.size(); file++) {
            FileRecord known = records.get(file);
            if (known == null) {
                throw new IllegalStateException("no record of file " + files.get(file));
            }
            if (!known.digest().equals(FileRecord.UNREADABLE)) {
                text.append(line(files.get(file), known.digest()));
            }
        }
        return text.toString();
    }

    /** Names with a line end or a backslash are escaped, and the line begins with a backslash. */
    static String line(String file, String digest) {
        String escaped = file.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(file) ? "" : "\\") + digest + "  " + escaped + "\n";
    }
}
