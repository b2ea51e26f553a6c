package dev.muster.store.simulation;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** How often each {@link Fault} happens, as a probability at each occasion, and how long faults last. Immutable. */
public final class Faults {

    /** Nothing goes wrong: messages take 0.1 to 2 ms. */
    public static final Faults NONE = new Faults(new EnumMap<>(Fault.class), EnumSet.noneOf(Fault.class), 20);

    /** All but those that take a promise away: EARLY_EXPIRY, and SERVER_WIPE. Faults last up to 20 s. */
    public static final Faults USUAL = NONE.with(Fault.SLOW_MESSAGE, 0.04)
            .with(Fault.LOST_REQUEST, 0.02)
            .with(Fault.LOST_REPLY, 0.02)
            .with(Fault.REFUSED_CALL, 0.01)
            .with(Fault.BUSY_SERVER, 0.01)
            .with(Fault.LOST_EVENT, 0.03)
            .with(Fault.FOLDED_EVENTS, 0.1)
            .with(Fault.LAGGING_LISTENER, 0.05)
            .with(Fault.LATE_TASK, 0.05)
            .with(Fault.PARTITION, 0.02)
            .with(Fault.PAUSE, 0.02)
            .with(Fault.CRASH, 0.005)
            .with(Fault.STARVED_SESSION, 0.03)
            .with(Fault.SERVER_RESTART, 0.005);

    private final Map<Fault, Double> rates;

    /** Faults that this once had: they decide what the store promises, whatever a seed draws. */
    private final Set<Fault> known;

    private final long longestSeconds;

    private Faults(Map<Fault, Double> rates, Set<Fault> known, long longestSeconds) {
        this.rates = rates;
        this.known = known;
        this.longestSeconds = longestSeconds;
    }

    public double rate(Fault fault) {
        return rates.getOrDefault(fault, 0.0);
    }

    /** Whether the store has to be ready for this fault. */
    boolean knows(Fault fault) {
        return known.contains(fault);
    }

    /** How long a fault lasts at most, or delays something. */
    public Duration longest() {
        return Duration.ofSeconds(longestSeconds);
    }

    public Faults with(Fault fault, double probability) {
        Map<Fault, Double> changed = new EnumMap<>(rates);
        Set<Fault> now = EnumSet.copyOf(known);
        if (probability > 0) {
            changed.put(fault, probability);
            now.add(fault);
        } else {
            changed.remove(fault);
            now.remove(fault);
        }
        return new Faults(changed, now, longestSeconds);
    }

    public Faults without(Fault... faults) {
        Faults fewer = this;
        for (Fault fault : faults) {
            fewer = fewer.with(fault, 0);
        }
        return fewer;
    }

    /** With faults that last up to so many seconds, one at least. Choose it above the session time-out. */
    public Faults lasting(long seconds) {
        return new Faults(rates, known, Math.max(1, seconds));
    }

    /**
     * About half of the kinds, some of them stronger or weaker than here: a run in which not everything goes wrong
     * gets further, and into other corners.
     */
    public Faults some(SeededRandom random) {
        Map<Fault, Double> drawn = new EnumMap<>(Fault.class);
        rates.forEach((fault, rate) -> {
            int strength = random.below(6) - 2;
            if (strength > 0) {
                drawn.put(fault, Math.min(1, rate * strength * strength / 2));
            }
        });
        return new Faults(drawn, known, longestSeconds);
    }
}
