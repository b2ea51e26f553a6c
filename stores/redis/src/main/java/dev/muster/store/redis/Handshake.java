package dev.muster.store.redis;

import dev.muster.store.MusterException;
import dev.muster.store.Nonce;
import dev.muster.store.StorageException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.exceptions.JedisDataException;

/** Makes a connection ready: finds the primary, loads the scripts, checks the user's rights once, begins an epoch. */
final class Handshake {

    /** Of what is kept in the server. */
    static final int FORMAT = 2;

    private final RedisOptions options;
    private final Client self;
    private final Dialer dialer;
    private boolean probed;

    Handshake(RedisOptions options, Client self) {
        this.options = options;
        this.self = self;
        this.dialer = new Dialer(options);
    }

    Live open() {
        Dialer.Line line = dialer.primary();
        Wire wire = line.wire();
        try {
            for (Script script : Script.values()) {
                wire.ask("SCRIPT", "LOAD", script.source());
            }
            if (!probed) {
                probe(wire);
                probed = true;
            }
            Live live = hello(line);
            wire.patient();
            return live;
        } catch (JedisDataException e) {
            wire.close();
            throw Failures.refused(options, e);
        } catch (IOException e) {
            wire.close();
            throw Failures.connection(options.place(), e);
        } catch (MusterException e) {
            wire.close();
            throw e;
        } catch (RuntimeException e) {
            wire.close();
            throw Failures.connection(options.place(), e);
        }
    }

    private void probe(Wire wire) {
        Keys keys = options.keys();
        List<?> refused = Reply.list(wire.ask(Script.PROBE
                .call(2, 1)
                .add(keys.store())
                .add(keys.ends())
                .add(keys.channel())
                .toBytes()));
        if (!refused.isEmpty()) {
            Set<String> lacking = new LinkedHashSet<>();
            refused.forEach(command -> lacking.add(Reply.text(command)));
            throw new StorageException(options.place() + " does not let " + options.account() + " use "
                    + String.join(", ", lacking) + " on keys '" + keys.pattern() + "' or channels '"
                    + keys.channel() + "*'. Allow it what the page of the redis engine lists.");
        }
    }

    private Live hello(Dialer.Line line) {
        long epoch = self.nextEpoch();
        List<?> answer = Reply.list(line.wire()
                .ask(Script.HELLO
                        .call(2, 6)
                        .add(options.keys().store())
                        .add(options.keys().ends())
                        .add(Nonce.next().toString())
                        .add(self.id)
                        .add(epoch)
                        .add(self.highest())
                        .add(RedisClient.MEMORY.toMillis())
                        .add(FORMAT)
                        .toBytes()));
        if (answer.size() == 1) {
            throw new StorageException("The store on keys '" + options.keys().pattern() + "' of " + options.place()
                    + " has the format " + Reply.text(answer.get(0)) + ", and this version of Muster knows format "
                    + FORMAT + ": use the newest version that any process here uses, or other keys (option prefix)");
        }
        self.saw(Reply.number(answer.get(2)));
        return new Live(
                line.wire(), line.server(), line.info(), Reply.text(answer.get(0)), epoch, Reply.number(answer.get(1)));
    }
}
