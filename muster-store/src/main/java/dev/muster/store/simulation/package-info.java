/**
 * A deterministic simulation of a store, its clients and what goes wrong between them, to test code over a {@link
 * dev.muster.store.Store}. Virtual time, one thread, and every choice drawn from a seed: a seed that fails is printed, and
 * replays exactly.
 *
 * <pre>{@code
 * Seeds.usual().forEach(simulation -> {
 *     List<CompletableFuture<Void>> ends = new ArrayList<>();
 *     for (String name : List.of("a", "b", "c")) {
 *         ends.add(simulation.spawn(name, process -> new Worker(process.connect()).run()));
 *     }
 *     simulation.always("one worker at a time", () -> Worker.busy() <= 1);
 *     simulation.awaitAll(ends);
 *     assertThat(simulation.server().holds("work").entries()).isEmpty();
 * });
 * }</pre>
 *
 * <p>The code under test takes its time and its tasks from {@link dev.muster.store.Store#scheduler}, and lets no order
 * depend on an identity hash or on {@code Set.of}. Programs and callbacks use the asynchronous forms, since nothing else
 * happens while one of them runs; the scenario itself may wait, by {@link dev.muster.store.simulation.Simulation#await} or
 * in the blocking forms, and virtual time passes meanwhile.
 */
@NullMarked
package dev.muster.store.simulation;

import org.jspecify.annotations.NullMarked;
