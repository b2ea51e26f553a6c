package dev.muster.store.etcd;

import io.grpc.Status;

/** A call that was not answered, or by an error. */
final class CallFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Status status;
    private final boolean uncertain;
    private final String server;

    /** @param uncertain whether the request may have been, or may yet be, carried out */
    CallFailure(Status status, boolean uncertain, String server) {
        super(status.getCode() + ": " + status.getDescription(), status.getCause());
        this.status = status;
        this.uncertain = uncertain;
        this.server = server;
    }

    Status status() {
        return status;
    }

    boolean isUncertain() {
        return uncertain;
    }

    /** The same of a request of which a copy that was sent before may yet be carried out. */
    CallFailure madeUncertain() {
        return new CallFailure(status, true, server);
    }

    /** The last one that was tried. */
    String server() {
        return server;
    }

    /** Whether the server's space is used up. */
    boolean isFull() {
        return says("database space exceeded");
    }

    boolean says(String part) {
        return status.getDescription() != null && status.getDescription().contains(part);
    }
}
