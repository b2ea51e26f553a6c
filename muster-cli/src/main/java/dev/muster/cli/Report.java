package dev.muster.cli;

import java.util.Map;

/** Where the events of a watch go. */
@FunctionalInterface
interface Report {

    /**
     * Tells of one event.
     *
     * @param text for people
     * @param fields for programs
     */
    void tell(String text, Map<String, ?> fields);
}
