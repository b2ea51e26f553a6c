package dev.muster.store.zookeeper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.jute.Record;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.GetChildren2Request;
import org.apache.zookeeper.proto.GetChildren2Response;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.apache.zookeeper.proto.SyncRequest;
import org.apache.zookeeper.proto.SyncResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session of ZooKeeper, with the connection that carries it. Replies come in the order of the requests: at once, on the
 * thread that receives them, or, for those who ask {@code inOrder}, on the event thread. Watch events come there in between:
 * an event before a reply is of a change that the reply's zxid covers, one after it is of a later change.
 */
final class Handle {

    /** Told of the connection, on the event thread. */
    interface Listener {
        void connected(Handle handle);

        void disconnected(Handle handle);

        /** The server has ended the session. */
        void expired(Handle handle);
    }

    /**
     * The answer to a request of several operations.
     *
     * @param zxid of the server's state when it answered; of a write, its own
     * @param results of each operation; empty where the request failed as a whole
     */
    record Reply(Code code, long zxid, List<OpResult> results) {

        private static Reply of(ReplyHeader header, MultiResponse response) {
            List<OpResult> results = header.getErr() == Code.OK.intValue() ? response.getResultList() : List.of();
            Reply reply = new Reply(Code.get(header.getErr()), header.getZxid(), List.copyOf(results));
            int failed = reply.failed();
            return failed < 0 ? reply : new Reply(reply.error(failed), reply.zxid(), reply.results());
        }

        private Code error(int operation) {
            return Code.get(((OpResult.ErrorResult) results.get(operation)).getErr());
        }

        /** The operation that failed the request, or -1. */
        int failed() {
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof OpResult.ErrorResult error && error.getErr() != Code.OK.intValue()) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** The children of a node, where it exists. */
    record Children(
            Code code,
            long zxid,
            List<String> names,
            @Nullable Stat parent) {}

    /** Of a node that does not exist. */
    static final OpResult ABSENT = new OpResult.ErrorResult(Code.NONODE.intValue());

    private static final Logger LOG = LoggerFactory.getLogger(Handle.class);

    private final Connection connection;

    /** ZooKeeper's threads are at work before its constructor has returned. */
    private final CountDownLatch known = new CountDownLatch(1);

    private final Listener listener;
    private final String hosts;
    private CompletableFuture<Handle> ready = new CompletableFuture<>();
    private final List<Runnable> lost = new ArrayList<>();
    private boolean expired;
    private volatile @Nullable Home home;

    Handle(Settings settings, int timeoutMillis, Listener listener) throws IOException {
        this.listener = listener;
        this.hosts = settings.hosts();
        this.connection = new Connection(settings, timeoutMillis, this::changed);
        settings.digest()
                .ifPresent(digest ->
                        connection.addAuthInfo("digest", digest.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** Gives access to the reply's header: the public calls tell no zxid of what they read. */
    @SuppressWarnings("try") // its close() throws InterruptedException
    private static final class Connection extends ZooKeeper {

        Connection(Settings settings, int timeoutMillis, Watcher watcher) throws IOException {
            super(settings.hosts(), timeoutMillis, watcher, false, settings.clientConfig());
        }

        /** Tells of the reply as soon as it is read: what registers watches is called first, and saves a change of threads. */
        void send(int type, Record request, Record response, ReplyHeader header, Runnable onReplyOrLoss) {
            queue(type, request, response, header, null, new WatchRegistration(null, null) {
                @Override
                public void register(int code) {
                    onReplyOrLoss.run();
                }

                @Override
                protected Map<String, Set<Watcher>> getWatches(int code) {
                    return Map.of();
                }
            });
        }

        void sendInOrder(int type, Record request, Record response, ReplyHeader header, AsyncCallback onReply) {
            queue(type, request, response, header, onReply, null);
        }

        private void queue(
                int type,
                Record request,
                Record response,
                ReplyHeader header,
                @Nullable AsyncCallback callback,
                @Nullable WatchRegistration registration) {
            RequestHeader head = new RequestHeader();
            head.setType(type);
            cnxn.queuePacket(head, header, request, response, callback, null, null, null, registration);
        }
    }

    /** Has the listener told from now on: to be called once it knows this handle. */
    void begin() {
        known.countDown();
    }

    private void changed(WatchedEvent event) {
        try {
            known.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (event.getType() != Watcher.Event.EventType.None) {
            return;
        }
        switch (event.getState()) {
            case SyncConnected -> {
                CompletableFuture<Handle> waiting;
                synchronized (this) {
                    waiting = ready;
                }
                // First: what the listener begins asks whether this is connected.
                waiting.complete(this);
                listener.connected(this);
            }
            case Disconnected -> {
                tellLost();
                renewReady();
                listener.disconnected(this);
            }
            case Expired -> {
                synchronized (this) {
                    expired = true;
                }
                renewReady();
                listener.expired(this);
            }
            case AuthFailed, Closed -> renewReady();
            default -> {}
        }
        tellLost();
    }

    private synchronized void renewReady() {
        if (ready.isDone()) {
            ready = new CompletableFuture<>();
        }
    }

    /** Tells those whose replies a connection took along. Who then asks again is answered by the next connection. */
    private void tellLost() {
        List<Runnable> told;
        synchronized (this) {
            told = List.copyOf(lost);
            lost.clear();
        }
        told.forEach(Runnable::run);
    }

    /**
     * A reply was read, or will not come. As long as this is taken for connected, who gets none is told by the event that
     * follows: the client is about to clear its queues, and what was asked again at once would be lost with them.
     */
    private void take(ReplyHeader header, Runnable onReply) {
        boolean replied = header.getXid() != 0;
        synchronized (this) {
            if (!replied && ready.isDone()) {
                lost.add(onReply);
                return;
            }
        }
        onReply.run();
    }

    /** Completes when it is connected; for ever incomplete once it has expired or is closed. */
    synchronized CompletableFuture<Handle> ready() {
        return ready;
    }

    synchronized boolean isExpired() {
        return expired;
    }

    boolean isConnected() {
        return ready().isDone();
    }

    /** Which store the servers hold that this session is of. */
    void belongsTo(Home found) {
        home = found;
    }

    /** Makes revisions of the zxids that this session answers. Known of every handle that commits or reads go through. */
    Home home() {
        return Objects.requireNonNull(home, "the store behind this connection has not been looked at");
    }

    long sessionId() {
        return connection.getSessionId();
    }

    String hosts() {
        return hosts;
    }

    byte[] password() {
        return connection.getSessionPasswd();
    }

    /** As negotiated with the server, in milliseconds. */
    int timeoutMillis() {
        return connection.getSessionTimeout();
    }

    /** Changes, all or nothing. Never fails exceptionally: the reply's code tells. */
    CompletableFuture<Reply> write(List<Op> ops) {
        return multi(OpCode.multi, ops);
    }

    /** Reads of one state: what does not exist is an error result, the others are answered all the same. */
    CompletableFuture<Reply> read(List<Op> ops) {
        return multi(OpCode.multiRead, ops).thenApply(Handle::read);
    }

    private void send(int type, Record request, Record response, ReplyHeader header, Runnable onReply) {
        connection.send(type, request, response, header, () -> take(header, onReply));
    }

    private CompletableFuture<Reply> multi(int type, List<Op> ops) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        ReplyHeader header = new ReplyHeader();
        MultiResponse response = new MultiResponse();
        send(type, new MultiOperationRecord(ops), response, header, () -> answer.complete(Reply.of(header, response)));
        return answer;
    }

    CompletableFuture<Reply> readInOrder(List<Op> ops) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        ReplyHeader header = new ReplyHeader();
        MultiResponse response = new MultiResponse();
        AsyncCallback.MultiCallback callback =
                (code, path, context, results) -> answer.complete(Reply.of(header, response));
        connection.sendInOrder(OpCode.multiRead, new MultiOperationRecord(ops), response, header, callback);
        return answer.thenApply(Handle::read);
    }

    private static Reply read(Reply reply) {
        if (reply.results().isEmpty() && reply.code() != Code.OK) {
            throw Failures.reading(reply.code());
        }
        for (OpResult result : reply.results()) {
            if (result instanceof OpResult.ErrorResult error
                    && error.getErr() != Code.NONODE.intValue()
                    && error.getErr() != Code.OK.intValue()) {
                throw Failures.reading(Code.get(error.getErr()));
            }
        }
        return reply;
    }

    CompletableFuture<Children> children(String path) {
        CompletableFuture<Children> answer = new CompletableFuture<>();
        ReplyHeader header = new ReplyHeader();
        GetChildren2Response response = new GetChildren2Response();
        send(OpCode.getChildren2, new GetChildren2Request(path, false), response, header, () -> {
            Code code = Code.get(header.getErr());
            if (code == Code.OK) {
                answer.complete(new Children(code, header.getZxid(), response.getChildren(), response.getStat()));
            } else if (code == Code.NONODE) {
                answer.complete(new Children(code, header.getZxid(), List.of(), null));
            } else {
                answer.completeExceptionally(Failures.reading(code));
            }
        });
        return answer;
    }

    /** What is read after this is not older than what the leader had committed by then. Answers the zxid. */
    CompletableFuture<Long> sync(String path) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        ReplyHeader header = new ReplyHeader();
        send(OpCode.sync, new SyncRequest(path), new SyncResponse(), header, () -> synced(answer, header));
        return answer;
    }

    CompletableFuture<Long> syncInOrder(String path) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        ReplyHeader header = new ReplyHeader();
        AsyncCallback.VoidCallback callback = (code, asked, context) -> synced(answer, header);
        connection.sendInOrder(OpCode.sync, new SyncRequest(path), new SyncResponse(), header, callback);
        return answer;
    }

    private static void synced(CompletableFuture<Long> answer, ReplyHeader header) {
        if (header.getErr() == Code.OK.intValue()) {
            answer.complete(header.getZxid());
        } else {
            answer.completeExceptionally(Failures.reading(Code.get(header.getErr())));
        }
    }

    /** Watches a node, existing or not, and all below it, until told otherwise; across reconnects too. */
    CompletableFuture<Void> watch(String path, Watcher watcher) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        connection.addWatch(
                path, watcher, AddWatchMode.PERSISTENT_RECURSIVE, (code, asked, context) -> done(answer, code), null);
        return answer;
    }

    /** Reads a node, and watches it for the next change where it exists. */
    CompletableFuture<OpResult> node(String path, Watcher watcher) {
        CompletableFuture<OpResult> answer = new CompletableFuture<>();
        connection.getData(
                path,
                watcher,
                (code, asked, context, data, stat) -> {
                    if (code == Code.OK.intValue()) {
                        answer.complete(new OpResult.GetDataResult(data, stat));
                    } else if (code == Code.NONODE.intValue()) {
                        answer.complete(ABSENT);
                    } else {
                        answer.completeExceptionally(Failures.reading(Code.get(code)));
                    }
                },
                null);
        return answer;
    }

    /** Whether a node exists, which is watched for the next change in any case. */
    CompletableFuture<Boolean> exists(String path, Watcher watcher) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        connection.exists(
                path,
                watcher,
                (code, asked, context, stat) -> {
                    if (code == Code.OK.intValue() || code == Code.NONODE.intValue()) {
                        answer.complete(code == Code.OK.intValue());
                    } else {
                        answer.completeExceptionally(Failures.reading(Code.get(code)));
                    }
                },
                null);
        return answer;
    }

    /** Lets go of one watcher here; what the server has stays, for others or until it is used up. */
    void unwatch(String path, Watcher watcher) {
        connection.removeWatches(path, watcher, Watcher.WatcherType.Any, true, (code, asked, context) -> {}, null);
    }

    /** Lets go of what this session watches at a path, at the server too. What is sent after this may watch it anew. */
    void unwatchAll(String path) {
        connection.removeAllWatches(path, Watcher.WatcherType.Any, true, (code, asked, context) -> {}, null);
    }

    private static void done(CompletableFuture<Void> answer, int code) {
        if (code == Code.OK.intValue()) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(Failures.reading(Code.get(code)));
        }
    }

    /** Lets go of a connection over which nothing comes any more, to connect anew with the same session. */
    void reconnect() {
        try {
            connection.getTestable().closeSocket();
        } catch (IOException e) {
            // It is closed, which is what was asked for.
            LOG.debug("closing a silent connection", e);
        }
    }

    /**
     * Ends the session at the server if that can be reached, else leaves it to its time-out. Blocks: not to be called on
     * an event thread.
     */
    void close() {
        begin();
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            renewReady();
            tellLost();
        }
    }
}
