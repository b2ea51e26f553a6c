package dev.muster.store.etcd;

import com.google.protobuf.ByteString;
import dev.muster.store.Scheduler;
import dev.muster.store.etcd.Settings.Address;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The time by a server, asked for when a store is made. etcd has no call for it, but its answers over HTTP carry
 * the header "date": all of them over TLS, and otherwise those of the page /version. Where a server has neither, the id
 * that it chooses for a lease holds the time of its own start, in milliseconds.
 */
final class ServerClock {

    private static final Metadata.Key<String> DATE = Metadata.Key.of("date", Metadata.ASCII_STRING_MARSHALLER);
    private static final int ANSWER_SECONDS = 2;

    // An id: 16 bits of the member, 40 of milliseconds, 8 of a count. The milliseconds began again in November 2004.
    private static final int COUNT_BITS = 8;
    private static final long MILLIS_MASK = (1L << 40) - 1;

    private static final int MOST_BYTES = 4_096;

    private final Calls calls;
    private final Scheduler scheduler;

    ServerClock(Calls calls, Scheduler scheduler) {
        this.calls = calls;
        this.scheduler = scheduler;
    }

    /** Seconds since 1970. */
    CompletableFuture<Long> seconds() {
        return date().exceptionallyCompose(none -> CompletableFuture.supplyAsync(this::page, scheduler.executor()))
                .exceptionallyCompose(none -> start());
    }

    /** Over plain HTTP. */
    private long page() {
        Address server = calls.cluster().link().server();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.host(), server.port()), ANSWER_SECONDS * 1_000);
            socket.setSoTimeout(ANSWER_SECONDS * 1_000);
            String request = "GET /version HTTP/1.1\r\nHost: " + server + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
            return answer.lines()
                    .filter(line -> line.regionMatches(true, 0, "date:", 0, 5))
                    .findFirst()
                    .map(line -> seconds(line.substring(5).strip()))
                    .orElseThrow(() -> new IOException("no date in the answer of " + server));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long seconds(String date) {
        return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toEpochSecond();
    }

    private CompletableFuture<Long> date() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        ClientCall<RangeRequest, RangeResponse> call = calls.cluster()
                .link()
                .channel()
                .newCall(
                        KVGrpc.getRangeMethod(),
                        CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata headers) {
                        String date = headers.get(DATE);
                        if (date != null) {
                            read(date, answer);
                        }
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        answer.completeExceptionally(new CallFailure(status, false, ""));
                    }
                },
                Calls.headers(null));
        call.request(1);
        call.sendMessage(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("\0"))
                .setCountOnly(true)
                .build());
        call.halfClose();
        return answer;
    }

    private static void read(String date, CompletableFuture<Long> answer) {
        try {
            answer.complete(seconds(date));
        } catch (DateTimeParseException e) {
            answer.completeExceptionally(e);
        }
    }

    private CompletableFuture<Long> start() {
        LeaseGrantRequest any = LeaseGrantRequest.newBuilder().setTTL(5).build();
        return calls.ask(LeaseGrpc.getLeaseGrantMethod(), any)
                .thenApply(LeaseGrantResponse::getID)
                .thenCompose(lease -> calls.ask(
                                LeaseGrpc.getLeaseRevokeMethod(),
                                LeaseRevokeRequest.newBuilder().setID(lease).build())
                        .handle((revoked, failure) -> startOf(lease)));
    }

    static long startOf(long lease) {
        long cycle = MILLIS_MASK + 1;
        long millis = cycle + ((lease >>> COUNT_BITS) & MILLIS_MASK);
        return Instant.ofEpochMilli(millis).getEpochSecond();
    }
}
