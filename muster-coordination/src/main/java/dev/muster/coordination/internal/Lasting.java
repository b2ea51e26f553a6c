package dev.muster.coordination.internal;

import dev.muster.store.Session;

/** What outlasts a session: enters the next one where the coordinator opens it. */
public interface Lasting {
    void enter(Session session);
}
