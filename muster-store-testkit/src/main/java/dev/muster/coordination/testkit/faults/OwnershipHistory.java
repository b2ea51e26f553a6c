package dev.muster.coordination.testkit.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What processes of one machine saw of one thing that at most one may own, and whether that can have been so.
 *
 * <p>Each event bears the machine's monotonic time, which processes of one Linux host share. An acquisition's is read
 * after it was known, an action's before the check that allowed it, so that no delay of a process makes a breach of what
 * is none.
 */
final class OwnershipHistory {

    enum Kind {
        ACQUIRED,
        ACTED,
        WROTE,
        STALE,
        LOST,
        FAILED
    }

    /** @param detail the revision of a write that was taken; when an owner began to ask; else 0 */
    record Event(String process, Kind kind, long token, long nanos, long detail) {

        static Event parse(String process, String line) {
            String[] words = line.split(" ", -1);
            return new Event(
                    process,
                    Kind.valueOf(words[0].toUpperCase(Locale.ROOT)),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    words.length > 3 ? Long.parseLong(words[3]) : 0);
        }
    }

    private final List<Event> events;

    OwnershipHistory(List<Event> events) {
        this.events = List.copyOf(events);
    }

    int size() {
        return events.size();
    }

    List<Event> of(Kind kind) {
        return events.stream()
                .filter(event -> event.kind() == kind)
                .sorted(Comparator.comparingLong(Event::nanos))
                .toList();
    }

    /** Tokens that two acquisitions bear. */
    List<String> sharedTokens() {
        List<String> breaches = new ArrayList<>();
        Map<Long, Event> seen = new TreeMap<>();
        for (Event acquired : of(Kind.ACQUIRED)) {
            Event other = seen.put(acquired.token(), acquired);
            if (other != null) {
                breaches.add("one token twice: " + other + ", " + acquired);
            }
        }
        return breaches;
    }

    /** Owners whose token is not above that of one who was known to own before they asked. */
    List<String> tokensOutOfOrder() {
        List<Event> known = of(Kind.ACQUIRED);
        List<String> breaches = new ArrayList<>();
        for (Event later : known) {
            known.stream()
                    .filter(earlier -> earlier.nanos() < later.detail() && earlier.token() >= later.token())
                    .findFirst()
                    .ifPresent(earlier ->
                            breaches.add("a token that is not above an earlier one: " + later + " after " + earlier));
        }
        return breaches;
    }

    /** Writes that the target took after one of a later owner. */
    List<String> staleWrites() {
        List<String> breaches = new ArrayList<>();
        Event last = null;
        for (Event wrote : events.stream()
                .filter(event -> event.kind() == Kind.WROTE)
                .sorted(Comparator.comparingLong(Event::detail))
                .toList()) {
            if (last != null && wrote.token() < last.token()) {
                breaches.add("a stale write was taken: " + wrote + " after " + last);
            } else {
                last = wrote;
            }
        }
        return breaches;
    }

    /** Actions of who believed, after another was known to own. */
    List<String> actionsTooLate() {
        TreeMap<Long, Event> firstKnown = new TreeMap<>();
        // By falling token: when any owner later than this token was first known.
        Event earliest = null;
        for (Event acquired : events.stream()
                .filter(event -> event.kind() == Kind.ACQUIRED)
                .sorted(Comparator.comparingLong(Event::token).reversed())
                .toList()) {
            earliest = earliest == null || acquired.nanos() < earliest.nanos() ? acquired : earliest;
            firstKnown.put(acquired.token(), earliest);
        }
        List<String> breaches = new ArrayList<>();
        for (Event acted : of(Kind.ACTED)) {
            Map.Entry<Long, Event> later = firstKnown.higherEntry(acted.token());
            if (later != null && later.getValue().nanos() < acted.nanos()) {
                breaches.add("an action after another owned: " + acted + ", " + later.getValue());
            }
        }
        return breaches;
    }
}
