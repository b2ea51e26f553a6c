package dev.muster.store.sql;

import dev.muster.store.Listing;
import java.sql.SQLException;

/** Reads directories as they are to be shown: without what ended sessions own. */
final class Listings {

    private Listings() {}

    static Listing read(Link link, String directory) throws SQLException {
        Page page = link.list(directory);
        while (page.stale()) {
            link.reap(directory);
            page = link.list(directory);
        }
        return page.listing();
    }
}
