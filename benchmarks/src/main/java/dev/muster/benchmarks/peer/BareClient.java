package dev.muster.benchmarks.peer;

/** A client that writes one key, and waits until the server has it: what no lock on that server can be faster than. */
final class BareClient extends JavaClient {

    /** As long as what a lock keeps in an entry, about. */
    static final byte[] VALUE = new byte[64];

    private static final Hold NOTHING = () -> {};

    private final Writing writing;
    private final AutoCloseable connection;

    /** One durable write of one key. */
    interface Writing {
        void write() throws Exception;
    }

    BareClient(AutoCloseable connection, Writing writing) {
        this.connection = connection;
        this.writing = writing;
    }

    @Override
    Hold acquire(String lock) throws Exception {
        writing.write();
        return NOTHING;
    }

    @Override
    public void close() throws Exception {
        connection.close();
    }
}
