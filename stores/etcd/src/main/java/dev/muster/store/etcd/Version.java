package dev.muster.store.etcd;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of etcd. */
record Version(int major, int minor, int patch) implements Comparable<Version> {

    /** The first with transactions in transactions, comparisons by lease and watches that ask for progress. */
    static final Version OLDEST = new Version(3, 4, 0);

    private static final Pattern FORM = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");
    private static final Comparator<Version> ORDER = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    /** One that cannot be read counts as older than all. */
    static Version of(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? new Version(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)))
                : new Version(0, 0, 0);
    }

    /**
     * Whether a leader that was cut off or stopped never ends leases, when it comes back, which its successor has renewed.
     * In releases 3.4.31 and 3.5.13 it asks first whether it still leads (etcd pull request 16822). From 3.4.34 and 3.5.16
     * on it does not where its clock has just ticked (18428), as it has at once in a process that is resumed.
     */
    boolean keepsLivingLeases() {
        return isWithin(new Version(3, 4, 31), new Version(3, 4, 33))
                || isWithin(new Version(3, 5, 13), new Version(3, 5, 15));
    }

    private boolean isWithin(Version first, Version last) {
        return compareTo(first) >= 0 && compareTo(last) <= 0;
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
