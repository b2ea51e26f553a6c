package dev.muster.benchmarks.against;

import dev.muster.benchmarks.peer.Client;
import dev.muster.benchmarks.peer.Libraries;
import dev.muster.benchmarks.peer.Library;
import dev.muster.benchmarks.server.Server;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A library in a row: with its clients, and why it is out of the race, if it is. */
final class Entrant implements AutoCloseable {

    private final Libraries which;
    private final List<Closing> open = new ArrayList<>();
    private @Nullable Library library;
    private @Nullable Crowd crowd;
    private @Nullable Exception failure;

    Entrant(Libraries which) {
        this.which = which;
    }

    /** What is to be done in the end. */
    private interface Closing {
        void close() throws Exception;
    }

    /** What may fail for this one without ending the row for all. */
    interface Step<T> {
        T take() throws Exception;
    }

    Libraries which() {
        return which;
    }

    /**
     * Opens the library and connects so many clients.
     *
     * @param by the server as the clients reach it: by way of another port, perhaps
     */
    void enter(Server server, Server by, Libraries.Place place, int clients) {
        attempt(() -> {
            Library opened = which.open(server, place);
            library = opened;
            open.add(opened::close);
            connect(by, clients);
            return opened;
        });
    }

    private void connect(Server server, int clients) throws Exception {
        List<Client> connected = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                connected.add(library().connect(server, which.option() + "-" + i));
            }
        } finally {
            Crowd one = new Crowd(connected);
            crowd = one;
            open.add(one::close);
        }
    }

    /** Takes a step, unless one before failed. Null where it failed. */
    <T> @Nullable T attempt(Step<T> step) {
        if (failure != null) {
            return null;
        }
        try {
            return step.take();
        } catch (Exception e) {
            failure = e;
            return null;
        } catch (LinkageError e) {
            failure = new IllegalStateException("its jars do not go together here: " + e, e);
            return null;
        }
    }

    boolean isIn() {
        return failure == null;
    }

    /** Why it is out. */
    Exception failure() {
        Exception known = failure;
        return known == null ? new IllegalStateException("nothing was measured") : known;
    }

    Library library() {
        Library known = library;
        if (known == null) {
            throw new IllegalStateException(which.option() + " was not opened");
        }
        return known;
    }

    Crowd crowd() {
        Crowd known = crowd;
        if (known == null) {
            throw new IllegalStateException(which.option() + " has no clients");
        }
        return known;
    }

    String name() {
        return library == null ? which.option() : library.name();
    }

    /** Closes the clients, then the library. What fails is told, since it may have left something in the server. */
    @Override
    public void close() {
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Exception e) {
                System.err.println("could not close " + name() + ": " + e);
            }
        }
        open.clear();
    }
}
