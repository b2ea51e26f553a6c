package dev.muster.coordination;

import dev.muster.coordination.group.Membership;
import dev.muster.coordination.internal.Scope;
import dev.muster.store.InvalidArgument;
import dev.muster.store.Names;
import dev.muster.store.SessionOptions;
import dev.muster.store.Trait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How a coordinator shall be. Immutable.
 *
 * @param memberId who it is: unique among the members of the groups that it joins
 * @param namespace the first segments of the paths of all its directories; default "muster"
 * @param session default: a time-out of 10 s
 * @param operationTimeout how long an operation may take; default 10 s
 * @param requires what the store must promise, or connecting fails; default nothing
 * @param rejoin whether, once the session is lost, to open another and join the groups and elections again
 * @param onRejoined told of each membership that was made anew after a lost session, on the store's executor
 */
public record CoordinatorOptions(
        String memberId,
        String namespace,
        SessionOptions session,
        Duration operationTimeout,
        Set<Trait> requires,
        boolean rejoin,
        Consumer<Membership> onRejoined) {

    public CoordinatorOptions {
        requires = requires.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(requires));
    }

    /** The defaults for a member. */
    public static Builder member(String id) {
        return new Builder(id);
    }

    /** Collects options. {@link #build} checks them all and reports every fault. */
    public static final class Builder {

        private final String memberId;
        private String namespace = "muster";
        private SessionOptions session = SessionOptions.DEFAULT;
        private Duration operationTimeout = Duration.ofSeconds(10);
        private final Set<Trait> requires = EnumSet.noneOf(Trait.class);
        private boolean rejoin;
        private Consumer<Membership> onRejoined = membership -> {};

        private Builder(String memberId) {
            this.memberId = memberId;
        }

        public Builder namespace(String path) {
            namespace = path;
            return this;
        }

        public Builder sessionTimeout(Duration timeout) {
            session = new SessionOptions(timeout);
            return this;
        }

        public Builder operationTimeout(Duration timeout) {
            operationTimeout = timeout;
            return this;
        }

        public Builder requires(Trait... traits) {
            requires.addAll(List.of(traits));
            return this;
        }

        public Builder rejoin(boolean wanted) {
            rejoin = wanted;
            return this;
        }

        public Builder onRejoined(Consumer<Membership> listener) {
            onRejoined = listener;
            return this;
        }

        /** Throws {@link InvalidArgument} that names every fault. */
        public CoordinatorOptions build() {
            List<String> faults = new ArrayList<>();
            collect(faults, () -> Names.check("member id", memberId, Scope.NAME_BYTES));
            collect(faults, () -> Names.checkPath(namespace, Scope.NAMESPACE_BYTES));
            if (operationTimeout.isNegative() || operationTimeout.isZero()) {
                faults.add("operation timeout is " + operationTimeout + ": it must be positive");
            }
            if (!faults.isEmpty()) {
                throw new InvalidArgument(String.join("; ", faults));
            }
            return new CoordinatorOptions(memberId, namespace, session, operationTimeout, requires, rejoin, onRejoined);
        }

        private static void collect(List<String> faults, Runnable check) {
            try {
                check.run();
            } catch (InvalidArgument fault) {
                faults.add(fault.getMessage());
            }
        }
    }
}
