package dev.muster.store.redis;

import dev.muster.servers.RedisServer;
import dev.muster.store.testkit.HerdContract;
import dev.muster.store.testkit.Link;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class RedisHerdTest extends HerdContract {

    private final RedisServer server = RedisServer.start("--appendfsync", "always");

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected Link link() {
        return Link.of(server.url());
    }

    @Override
    protected void restartServer() {
        server.restart();
    }

    /** The call of the script by its hash; each client watches one directory alone. */
    @Override
    protected List<byte[]> listingOf(String directory) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest(Script.LIST.source().getBytes(StandardCharsets.UTF_8));
            return List.of(HexFormat.of().formatHex(hash).getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
