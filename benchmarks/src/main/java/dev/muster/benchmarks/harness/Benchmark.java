package dev.muster.benchmarks.harness;

import java.util.List;

/** One row of the table, or several that are measured together. */
public interface Benchmark {

    /** What it is selected by: lower case, with dashes. */
    String name();

    /** What its figures mean, in a sentence. */
    String about();

    List<Line> run(Settings settings) throws Exception;
}
