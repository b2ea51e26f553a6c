package dev.muster.store.etcd;

import dev.muster.store.Scheduler;
import dev.muster.store.etcd.Cluster.Link;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are tried again, on another server where one fails, until they are answered or their time is up. Futures
 * complete on an I/O thread. All calls but {@link #once} must bear to be carried out twice.
 */
final class Calls {

    /** A server that leader and majority are out of reach for says so at once. */
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    /** How long one server has for an answer before another one is asked. */
    private static final long ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    private final Cluster cluster;
    private final Credentials credentials;
    private final Scheduler scheduler;
    private final Overdue overdue;
    private final Duration timeout;
    private final Set<Attempts<?, ?>> pausing = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Calls(Cluster cluster, Credentials credentials, Scheduler scheduler, Duration timeout) {
        this.cluster = cluster;
        this.credentials = credentials;
        this.scheduler = scheduler;
        this.overdue = new Overdue(scheduler);
        this.timeout = timeout;
    }

    /**
     * What a call was answered.
     *
     * @param uncertain whether the request may also be carried out a second time, later than this answer
     */
    record Answer<R>(R response, boolean uncertain) {}

    Duration timeout() {
        return timeout;
    }

    Cluster cluster() {
        return cluster;
    }

    Credentials credentials() {
        return credentials;
    }

    /** Calls within the store's time-out. Fails with {@link CallFailure} alone. */
    <Q, R> CompletableFuture<Answer<R>> call(MethodDescriptor<Q, R> method, Q request) {
        return call(method, request, timeout);
    }

    <Q, R> CompletableFuture<Answer<R>> call(MethodDescriptor<Q, R> method, Q request, Duration within) {
        return call(method, request, within, true);
    }

    /** Sends a request that must not be carried out twice: whatever comes of it, it is not tried again. */
    <Q, R> CompletableFuture<Answer<R>> once(MethodDescriptor<Q, R> method, Q request) {
        return call(method, request, timeout, false);
    }

    private <Q, R> CompletableFuture<Answer<R>> call(
            MethodDescriptor<Q, R> method, Q request, Duration within, boolean again) {
        Attempts<Q, R> attempts = new Attempts<>(method, request, scheduler.nanoTime() + within.toNanos(), again);
        attempts.next();
        return attempts.answer;
    }

    <Q, R> CompletableFuture<R> ask(MethodDescriptor<Q, R> method, Q request) {
        return call(method, request).thenApply(Answer::response);
    }

    /** What every call says of itself. */
    static Metadata headers(@Nullable String token) {
        Metadata headers = new Metadata();
        headers.put(HAS_LEADER, "true");
        if (token != null) {
            headers.put(Credentials.TOKEN, token);
        }
        return headers;
    }

    /** Those under way fail, and all that come. */
    void close() {
        closed = true;
        pausing.forEach(Attempts::goOn);
        overdue.close();
    }

    /** One call, over all its attempts. */
    private final class Attempts<Q, R> {

        final CompletableFuture<Answer<R>> answer = new CompletableFuture<>();
        private final MethodDescriptor<Q, R> method;
        private final Q request;
        private final long deadline;
        private final boolean again;
        private boolean uncertain;
        private int refusedTokens;

        Attempts(MethodDescriptor<Q, R> method, Q request, long deadline, boolean again) {
            this.again = again;
            this.method = method;
            this.request = request;
            this.deadline = deadline;
        }

        void next() {
            CompletableFuture<@Nullable String> token = credentials.token();
            if (token.isDone() && !token.isCompletedExceptionally()) {
                send(token.join());
            } else {
                token.whenComplete((known, failure) -> {
                    if (failure == null) {
                        send(known);
                    } else {
                        ended(cluster.link(), known, Credentials.status(failure), false);
                    }
                });
            }
        }

        private void send(@Nullable String token) {
            Link link = cluster.link();
            long left = deadline - scheduler.nanoTime();
            if (closed || left <= 0) {
                Status status =
                        closed ? Status.CANCELLED.withDescription("the store was closed") : Status.DEADLINE_EXCEEDED;
                answer.completeExceptionally(
                        new CallFailure(status, uncertain, link.server().toString()));
                return;
            }
            Sending sending = new Sending();
            ClientCall<Q, R> call =
                    link.channel().newCall(method, CallOptions.DEFAULT.withStreamTracerFactory(sending));
            Overdue.Waiting waiting = overdue.after(Math.min(left, ATTEMPT_NANOS), call);
            call.start(new Answering(link, token, sending, waiting), headers(token));
            call.request(1);
            call.sendMessage(request);
            call.halfClose();
            // Not before: nothing may be sent by a call that was ended.
            waiting.begin();
        }

        private void ended(Link link, @Nullable String token, Status status, boolean sent) {
            Verdict verdict = Verdict.of(status);
            if (verdict == Verdict.TOKEN && refusedTokens++ < 2) {
                credentials.refused(token);
                next();
                return;
            }
            uncertain |= sent && !verdict.isFinal();
            Duration pause = cluster.pause();
            boolean timeLeft = deadline - scheduler.nanoTime() > pause.toNanos();
            if (verdict == Verdict.SERVER && !closed) {
                cluster.failed(link, text(status));
            }
            if (verdict.isFinal() || !again || !timeLeft || closed) {
                answer.completeExceptionally(
                        new CallFailure(status, uncertain, link.server().toString()));
            } else {
                pausing.add(this);
                scheduler.after(pause, this::goOn);
                if (closed) {
                    goOn();
                }
            }
        }

        void goOn() {
            if (pausing.remove(this)) {
                next();
            }
        }

        private final class Answering extends ClientCall.Listener<R> {
            private final Link link;
            private final @Nullable String token;
            private final Sending sending;
            private final Overdue.Waiting waiting;
            private @Nullable R response;

            Answering(Link link, @Nullable String token, Sending sending, Overdue.Waiting waiting) {
                this.link = link;
                this.token = token;
                this.sending = sending;
                this.waiting = waiting;
            }

            @Override
            public void onMessage(R message) {
                response = message;
            }

            @Override
            public void onClose(Status told, Metadata trailers) {
                R answered = response;
                Status status = waiting.end(told);
                if (status.isOk() && answered != null) {
                    cluster.worked(link);
                    answer.complete(new Answer<>(answered, uncertain));
                } else {
                    ended(link, token, status, sending.begun);
                }
            }
        }
    }

    static String text(Status status) {
        Throwable cause = status.getCause();
        String description = status.getDescription() == null ? "" : ": " + status.getDescription();
        return status.getCode() + description + (cause == null ? "" : ": " + cause.getMessage());
    }

    /** What an error says about trying again. */
    private enum Verdict {
        /** The request was refused, and will be again. */
        FINAL,
        /** Not this request, but the token that came with it. */
        TOKEN,
        /** Refused for the moment: the server is there. */
        LATER,
        /** The server or the way to it does not work. */
        SERVER;

        boolean isFinal() {
            return this == FINAL || this == TOKEN;
        }

        static Verdict of(Status status) {
            String text = status.getDescription() == null ? "" : status.getDescription();
            if (text.contains("invalid auth token") || text.contains("revision of auth store is old")) {
                return TOKEN;
            }
            return switch (status.getCode()) {
                case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL, ABORTED -> SERVER;
                case RESOURCE_EXHAUSTED -> text.contains("too many requests") ? LATER : FINAL;
                default -> FINAL;
            };
        }
    }

    /** Learns whether any of a request may have reached the network. */
    private static final class Sending extends ClientStreamTracer.Factory {
        volatile boolean begun;

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transport, Metadata sent) {
                    begun = true;
                }
            };
        }
    }
}
