package dev.muster.cli.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a manifest against what another program makes of the same files: the system's {@code sha256sum} where there is
 * one, else this process.
 *
 * @param isEqual byte for byte
 * @param by what it was held against
 * @param difference the first lines that differ; empty text where none do
 */
record Verification(boolean isEqual, String by, String difference) {

    private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
    private static final int BYTES_A_CALL = 100_000;

    static Verification of(byte[] manifest, Plan plan) throws IOException, InterruptedException {
        String by = "sha256sum";
        byte[] other;
        try {
            other = sha256sum(plan);
        } catch (IOException none) {
            by = "the digests of this process, as there is no sha256sum here";
            other = ownDigests(plan);
        }
        boolean equal = Arrays.equals(manifest, other);
        return new Verification(equal, by, equal ? "" : difference(manifest, other));
    }

    /** As {@code xargs} does it: as many names a call as fit. */
    private static byte[] sha256sum(Plan plan) throws IOException, InterruptedException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        List<String> call = new ArrayList<>(List.of("sha256sum", "--"));
        int bytes = 0;
        for (String file : plan.files()) {
            call.add(file);
            bytes += file.length() + 1;
            if (bytes > BYTES_A_CALL) {
                output.write(run(call, plan.root()));
                call = new ArrayList<>(List.of("sha256sum", "--"));
                bytes = 0;
            }
        }
        output.write(bytes == 0 ? new byte[0] : run(call, plan.root()));
        return output.toByteArray();
    }

    private static byte[] run(List<String> command, Path folder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        process.waitFor();
        return output;
    }

    private static byte[] ownDigests(Plan plan) {
        StringBuilder text = new StringBuilder();
        for (String file : plan.files()) {
            try {
                text.append(Manifest.line(file, Digests.of(plan.root().resolve(file))));
            } catch (IOException unreadable) {
                LOG.info("{} cannot be read, and is left out as sha256sum does", file);
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String difference(byte[] one, byte[] two) {
        List<String> ours = new String(one, StandardCharsets.UTF_8).lines().toList();
        List<String> theirs = new String(two, StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            if (!ours.get(i).equals(theirs.get(i))) {
                return "first at line " + (i + 1) + ": recorded '" + ours.get(i) + "', now '" + theirs.get(i)
                        + "'. Was the file changed meanwhile?";
            }
        }
        return String.format(Locale.ROOT, "%d lines are recorded, now it is %d", ours.size(), theirs.size());
    }
}
