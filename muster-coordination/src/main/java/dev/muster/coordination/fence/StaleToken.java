package dev.muster.coordination.fence;

import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.MusterException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An owner's write was refused, because a later owner has stamped the directory. Nothing was changed. */
public final class StaleToken extends MusterException {

    private final transient FencingToken token;
    private final transient @Nullable FencingToken stamped;

    StaleToken(String directory, FencingToken token, Optional<FencingToken> stamped) {
        super(
                "Directory " + directory + " refuses the owner with token " + token + ": a later owner has stamped it"
                        + stamped.map(later -> " with " + later).orElse("")
                        + ". Stop working as this owner, and acquire again to go on.",
                Retry.NEVER);
        this.token = token;
        this.stamped = stamped.orElse(null);
    }

    /** The token of the owner that was refused. */
    public FencingToken token() {
        return token;
    }

    /** The token that the directory bears; empty where it has no stamp any more, or could not be read. */
    public Optional<FencingToken> stamped() {
        return Optional.ofNullable(stamped);
    }
}
