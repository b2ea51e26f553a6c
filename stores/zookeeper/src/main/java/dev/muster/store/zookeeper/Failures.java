package dev.muster.store.zookeeper;

import dev.muster.store.Commit;
import dev.muster.store.ConnectionException;
import dev.muster.store.MusterException;
import dev.muster.store.StorageException;
import dev.muster.store.TimeoutException;
import org.apache.zookeeper.KeeperException.Code;

/** What ZooKeeper's codes mean to a user. */
final class Failures {

    private Failures() {}

    /** Of something that changes nothing. */
    static MusterException reading(Code code) {
        return switch (code) {
            case CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONMOVED, SESSIONEXPIRED ->
                new ConnectionException("The connection to ZooKeeper was lost while reading (" + code + "): try again");
            case NOAUTH, AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH ->
                new StorageException("ZooKeeper refuses access to the store (" + code
                        + "): check user and password in the option 'digest' of the store URI");
            case UNIMPLEMENTED ->
                new StorageException(
                        "This ZooKeeper is too old: Muster needs 3.6 or later, for watches that persist. Upgrade the servers.");
            default -> new StorageException("ZooKeeper answered " + code + ": see the server's log");
        };
    }

    /** The servers, or somebody, removed it under our feet. */
    static ConnectionException storeGone(String store) {
        return new ConnectionException("The store at " + store
                + " was removed from its servers: nothing was applied. It is being made anew; try again.");
    }

    static ConnectionException closed() {
        return new ConnectionException("The ZooKeeper store is closed: open it again");
    }

    static TimeoutException notInTime(String what, String where) {
        return new TimeoutException("Could not " + what + " in time: nothing was applied. Check that " + where
                + " is reachable and has a quorum, or allow more with the option 'timeout'.");
    }

    /** Of a commit that was asked about before it could be applied. */
    static TimeoutException settled(Commit commit) {
        return new TimeoutException("The commit on " + commit.directory()
                + " was settled as never applied before it could be: build a new one to try anew");
    }
}
