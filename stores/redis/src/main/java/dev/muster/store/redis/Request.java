package dev.muster.store.redis;

import dev.muster.store.MusterException;

/**
 * One command under way, told what becomes of it exactly once. Sent in the order of the link; its reply, if any, comes on
 * the thread that reads it.
 */
abstract class Request {

    /** By {@link System#nanoTime}: not sent any more after this. */
    final long deadline;

    /** The thread that sent it waits for nothing else: it reads the reply itself, where it can. */
    final boolean awaited;

    long sent;

    Request(long deadline, boolean awaited) {
        this.deadline = deadline;
        this.awaited = awaited;
    }

    /**
     * The command as bytes for this connection.
     *
     * @throws MusterException where it must not be sent any more
     */
    abstract byte[] encode(Live live);

    /** A reply, or the error of one as an exception. Answers whether that settles it: if not, it did nothing and is sent
     * again over a new connection. */
    abstract boolean answered(Object reply, Live live);

    /** It was sent, and no reply will come. Answers whether it may be sent again. */
    abstract boolean lost();

    /** It was not sent, or did nothing, and never will. */
    abstract void failed(MusterException failure);
}
