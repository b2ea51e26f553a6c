package dev.muster.store.redis;

import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.SessionLostException;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * All commands of a store, over one connection at a time, in order. Whoever sends writes on its own thread, for others
 * too who come meanwhile; nobody waits for a lock. One thread connects, reads the replies, and connects again. Who only waits for
 * the next reply reads it on its own thread, which saves the change of threads; the thread that reads rests while that goes on.
 */
final class CommandLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CommandLink.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** For how long a caller waits for its reply on its own; also how soon it notices that it was interrupted. */
    static final Duration MOMENT = Duration.ofMillis(10);

    /** The thread that reads goes back to the connection when no caller has read there for so long. */
    private static final Duration REST = Duration.ofMillis(20);

    private static final int BATCH = 16 << 10;

    /** Makes a connection ready for commands; throws a {@link MusterException} where it cannot. */
    @FunctionalInterface
    interface Opening {
        Live open();
    }

    private final Opening opening;
    private final Consumer<Live> opened;
    private final String place;
    private final boolean patient;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CompletableFuture<Live> first = new CompletableFuture<>();

    /** Sent in this order. Whoever finds the counter at zero works through all of it. */
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();

    private final Queue<Runnable> chores = new ConcurrentLinkedQueue<>();
    private final AtomicInteger work = new AtomicInteger();

    private volatile @Nullable Live live;

    /** The one that is being read, sealed or not. */
    private volatile @Nullable Live reading;

    private volatile @Nullable MusterException trouble;
    private byte[] batch = new byte[BATCH];

    /**
     * @param patient whether the first connection too is tried again and again, unless that cannot help
     * @param opened told of each new connection before anything is sent on it, on the thread that reads
     */
    CommandLink(String place, boolean patient, Opening opening, Consumer<Live> opened) {
        this.place = place;
        this.patient = patient;
        this.opening = opening;
        this.opened = opened;
        this.thread = new Thread(this::run, "muster-redis-commands");
        thread.setDaemon(true);
    }

    /** Connects for the first time; fails at once where that can not be helped by trying again. */
    CompletableFuture<Live> start() {
        thread.start();
        return first;
    }

    @Nullable
    Live live() {
        return live;
    }

    /** Why there is no connection at present, where there is none. */
    @Nullable
    MusterException trouble() {
        return live == null ? trouble : null;
    }

    void send(Request request) {
        waiting.add(request);
        drain();
        if (!request.awaited) {
            wakeReader();
        }
    }

    /**
     * Reads the reply of a request that was sent, on this thread, if it is the next to come, nobody else is reading, and it
     * comes within a moment. Else it comes as ever.
     *
     * @param patience after which the connection is given up, if the reply stops in its middle
     */
    void await(Request request, Duration patience) {
        Live current = reading;
        if (current != null && current.wire.canGiveUp() && isNext(request, current) && take(current)) {
            boolean sound = false;
            try {
                sound = !isNext(request, current) || !current.wire.begins(MOMENT, patience) || readOne(current);
                current.readByCaller = true;
            } catch (IOException | RuntimeException e) {
                noteEnd(current, e);
            } finally {
                if (!sound) {
                    current.wire.close();
                }
                current.turn.set(false);
            }
        }
        wakeReader();
    }

    private static boolean isNext(Request request, Live current) {
        return current.underway.peek() == request;
    }

    private static boolean take(Live current) {
        return current.turn.compareAndSet(false, true);
    }

    /** Where replies are to come, and nobody reads. */
    private void wakeReader() {
        Live current = reading;
        if (current != null && !current.turn.get() && isNeeded(current)) {
            LockSupport.unpark(thread);
        }
    }

    private static boolean isNeeded(Live current) {
        return current.sealed || !current.underway.isEmpty();
    }

    /** Sends no more on this connection, which is closed when the last reply has come. */
    void seal(Live old) {
        if (live == old) {
            live = null;
        }
        chores.add(() -> {
            old.sealed = true;
            if (old.underway.isEmpty()) {
                old.wire.close();
            }
        });
        drain();
        wakeReader();
    }

    /** Gives up a connection on which a reply has been waited for longer than this; fails what waited too long unsent. */
    void check(Duration patience) {
        Live current = reading;
        if (current != null) {
            Request oldest = current.underway.peek();
            if (oldest != null && System.nanoTime() - oldest.sent > patience.toNanos()) {
                LOG.debug("{} has not answered for {}: connecting anew", place, patience);
                current.wire.close();
            }
        }
        if (!waiting.isEmpty()) {
            drain();
        }
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Runnable chore = chores.poll(); chore != null; chore = chores.poll()) {
                chore.run();
            }
            Live current = live;
            if (current == null) {
                failOverdue();
            } else {
                write(current);
            }
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private void write(Live current) {
        int size = 0;
        try {
            for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
                byte[] bytes = encoded(next, current);
                if (bytes == null) {
                    continue;
                }
                next.sent = System.nanoTime();
                current.underway.add(next);
                if (waiting.isEmpty() && size == 0) {
                    current.wire.write(bytes, bytes.length);
                    continue;
                }
                if (size > 0 && size + bytes.length > BATCH) {
                    current.wire.write(batch, size);
                    size = 0;
                }
                if (bytes.length > BATCH) {
                    current.wire.write(bytes, bytes.length);
                } else {
                    System.arraycopy(bytes, 0, batch, size, bytes.length);
                    size += bytes.length;
                }
            }
            if (size > 0) {
                current.wire.write(batch, size);
            }
        } catch (IOException e) {
            // Who reads there notices, and sees to what was under way.
            current.wire.close();
        }
    }

    private byte @Nullable [] encoded(Request request, Live current) {
        MusterException refusal = null;
        try {
            if (request.deadline - System.nanoTime() > 0) {
                return request.encode(current);
            }
        } catch (MusterException e) {
            refusal = e;
        }
        request.failed(refusal == null ? overdue() : refusal);
        return null;
    }

    private void failOverdue() {
        boolean over = closing.getCount() == 0;
        long now = System.nanoTime();
        for (Iterator<Request> all = waiting.iterator(); all.hasNext(); ) {
            Request request = all.next();
            if (over || request.deadline - now <= 0) {
                all.remove();
                request.failed(over ? new ConnectionException("The redis store is closed: open it again") : overdue());
            }
        }
    }

    private MusterException overdue() {
        MusterException why = trouble;
        return why instanceof SessionLostException || why == null
                ? new TimeoutException(place
                        + " took no commands within the time-out of the store: nothing was sent. Try again later.")
                : new TimeoutException("Nothing was sent within the time-out of the store: " + why.getMessage(), why);
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (closing.getCount() > 0) {
            Live next = null;
            try {
                next = opening.open();
            } catch (MusterException e) {
                noteFailure(e);
            } catch (RuntimeException e) {
                noteFailure(Failures.connection(place, e));
            }
            if (next == null) {
                pause(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            } else {
                pause = FIRST_PAUSE;
                use(next);
            }
        }
        drain();
    }

    private void noteFailure(MusterException failure) {
        MusterException before = trouble;
        trouble = failure;
        if (!patient || Failures.isFinal(failure)) {
            first.completeExceptionally(failure);
        }
        if (before == null) {
            LOG.warn("{}", failure.getMessage());
        }
        drain();
    }

    private void use(Live next) {
        reading = next;
        if (trouble != null) {
            LOG.warn("{} is connected again", place);
        }
        opened.accept(next);
        live = next;
        trouble = null;
        first.complete(next);
        if (closing.getCount() == 0) {
            next.wire.close();
        }
        drain();
        try {
            readAll(next);
        } catch (IOException | RuntimeException e) {
            noteEnd(next, e);
        }
        next.wire.close();
        if (live == next) {
            live = null;
        }
        // Nobody adds to it any more once this has run.
        chores.add(() -> {
            next.sealed = true;
            bury(next);
        });
        drain();
    }

    private void noteEnd(Live ended, Exception why) {
        if (!(why instanceof IOException || why instanceof JedisConnectionException)) {
            LOG.warn("an answer of {} was not understood: connecting anew", place, why);
        } else if (closing.getCount() > 0 && !ended.sealed) {
            LOG.debug("the connection to {} is gone", place, why);
        }
    }

    /** Until the connection ends, where it keeps the turn. */
    private void readAll(Live current) throws IOException {
        while (true) {
            if (take(current)) {
                current.wire.patient();
                do {
                    if (!readOne(current)) {
                        return;
                    }
                } while (!current.lastWasAwaited || isNeeded(current));
                current.turn.set(false);
            }
            rest(current);
        }
    }

    /** Leaves the reading to those who wait for replies, for as long as they do. */
    private void rest(Live current) {
        boolean resting = !isNeeded(current);
        while (resting || current.turn.get()) {
            current.readByCaller = false;
            LockSupport.parkNanos(this, REST.toNanos());
            resting = current.readByCaller && !isNeeded(current) && closing.getCount() > 0;
        }
    }

    /** Answers whether more can come. */
    private boolean readOne(Live current) {
        Object reply = current.wire.read();
        Request request = current.underway.poll();
        if (request == null) {
            throw new IllegalStateException("a reply to no command");
        }
        current.lastWasAwaited = request.awaited && current.wire.canGiveUp();
        boolean settled;
        try {
            settled = request.answered(reply, current);
        } catch (RuntimeException e) {
            if (request.lost()) {
                request.failed(new StorageException(place + " gave an answer that was not understood", e));
            }
            throw e;
        }
        if (!settled) {
            seal(current);
            send(request);
        }
        return !(current.sealed && current.underway.isEmpty());
    }

    private void bury(Live dead) {
        for (Request request = dead.underway.poll(); request != null; request = dead.underway.poll()) {
            if (request.lost()) {
                waiting.add(request);
            }
        }
    }

    /** Up to twice as long as another client pauses, so that they do not all come back at once. */
    private void pause(Duration pause) {
        long nanos = pause.toNanos() / 2 + ThreadLocalRandom.current().nextLong(pause.toNanos());
        try {
            closing.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread but by mistake", e);
        }
    }

    /** Fails what is under way. Does not wait. */
    @Override
    public void close() {
        closing.countDown();
        first.completeExceptionally(new ConnectionException("The redis store is closed: open it again"));
        Live current = reading;
        live = null;
        if (current != null) {
            current.wire.close();
        }
        drain();
    }
}
