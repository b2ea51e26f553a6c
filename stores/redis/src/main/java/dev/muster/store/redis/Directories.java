package dev.muster.store.redis;

import dev.muster.store.Names;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Finds the directories that hold an entry: those have a key. The ends of sessions are carried out first. */
final class Directories {

    private static final String STEP = "1000";

    private final RedisClient client;
    private final String prefix;
    private final String pattern;
    private final int before;
    private final Set<String> found = new TreeSet<>(Names.BYTE_ORDER);

    Directories(RedisClient client, String prefix) {
        this.client = client;
        this.prefix = prefix;
        String keys = client.options().keys().directories();
        this.before = Resp.bytes(keys).length;
        this.pattern = keys + prefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0") + "*";
    }

    CompletableFuture<List<String>> all() {
        return client.keeper().carryOutEnds().thenCompose(done -> scan("0"));
    }

    private CompletableFuture<List<String>> scan(String cursor) {
        return client.<List<?>>query(live -> Resp.command("SCAN", cursor, "MATCH", pattern, "COUNT", STEP), Reply::list)
                .thenCompose(answer -> {
                    for (Object key : Reply.list(answer.get(1))) {
                        byte[] bytes = Reply.bytes(key);
                        String path = new String(bytes, before, bytes.length - before, StandardCharsets.UTF_8);
                        if (path.startsWith(prefix)) {
                            found.add(path);
                        }
                    }
                    String next = Reply.text(answer.get(0));
                    return next.equals("0") ? CompletableFuture.completedFuture(List.copyOf(found)) : scan(next);
                });
    }
}
