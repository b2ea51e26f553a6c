package dev.muster.benchmarks.peer;

import dev.muster.benchmarks.server.Server;
import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.group.Capabilities;
import dev.muster.coordination.group.Group;
import dev.muster.coordination.group.GroupEvent;
import dev.muster.coordination.group.Membership;
import dev.muster.coordination.lock.LockHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ours: the recipes by their blocking calls. */
final class MusterLibrary implements Library {

    private final Server server;
    private final String namespace;
    private final Set<String> groups = ConcurrentHashMap.newKeySet();

    MusterLibrary(Server server, String namespace) {
        this.server = server;
        this.namespace = namespace;
    }

    @Override
    public String option() {
        return "muster";
    }

    @Override
    public String name() {
        return "Muster " + server.kind().engine();
    }

    @Override
    public boolean hasGroups() {
        return true;
    }

    @Override
    public Client connect(Server from, String id) {
        return new MusterClient(start(from, id));
    }

    private Coordinator start(Server from, String id) {
        return Coordinator.over(
                        from.url(),
                        CoordinatorOptions.member(id).namespace(namespace).build())
                .start();
    }

    @Override
    public void close() {
        if (!groups.isEmpty()) {
            try (Coordinator coordinator = start(server, "cleaner")) {
                groups.forEach(group -> coordinator.group(group).delete());
            }
        }
    }

    private final class MusterClient extends JavaClient {

        private final Coordinator coordinator;

        MusterClient(Coordinator coordinator) {
            this.coordinator = coordinator;
        }

        @Override
        Hold acquire(String lock) {
            LockHandle held = coordinator.lock(lock).acquire(PATIENCE);
            return held::release;
        }

        @Override
        Hold enter(String group) {
            groups.add(group);
            Membership membership = coordinator.group(group).joinOrCreate(Capabilities.NONE);
            return membership::release;
        }

        @Override
        public Watcher watch(String name) throws Exception {
            Group group = coordinator.group(name);
            groups.add(name);
            if (!group.exists()) {
                group.create();
            }
            return Callbacks.of((onJoin, onLeave) -> group.watch(event -> {
                if (event instanceof GroupEvent.Joined) {
                    onJoin.run();
                } else if (event instanceof GroupEvent.Left) {
                    onLeave.run();
                }
            })::cancel);
        }

        @Override
        public void close() {
            coordinator.close();
        }
    }
}
