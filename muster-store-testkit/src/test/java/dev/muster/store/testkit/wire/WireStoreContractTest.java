package dev.muster.store.testkit.wire;

import dev.muster.store.testkit.Link;
import dev.muster.store.testkit.StoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The whole contract over a network, that of links included. */
class WireStoreContractTest extends StoreContract {

    private static WirePort port;

    @BeforeAll
    static void openPort() {
        port = WirePort.open(WireFault.NONE);
    }

    @AfterAll
    static void closePort() {
        port.close();
    }

    @Override
    protected String url() {
        return url(port);
    }

    @Override
    protected Link link() {
        return link(port);
    }

    static String url(WirePort port) {
        return "wire://127.0.0.1:" + port.number() + "/" + port.number();
    }

    static Link link(WirePort port) {
        return Link.of(url(port)).healingWithin(Duration.ofSeconds(5)).notifyingBy(chunk -> chunk[0] == '!');
    }
}
