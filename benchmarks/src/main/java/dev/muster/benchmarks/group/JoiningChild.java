package dev.muster.benchmarks.group;

import dev.muster.benchmarks.child.Orders;
import dev.muster.coordination.Coordinator;
import dev.muster.coordination.CoordinatorOptions;
import dev.muster.coordination.group.Capabilities;
import dev.muster.store.Store;
import java.util.ArrayList;
import java.util.List;

/** The members: each with a coordinator and a session, all with one store. */
final class JoiningChild {

    private JoiningChild() {}

    public static void main(String[] arguments) throws Exception {
        Orders orders = new Orders();
        List<Coordinator> members = new ArrayList<>();
        try (Store store = Store.open(arguments[0]);
                Coordinator founder = start(store, "founder")) {
            orders.answer("ready");
            for (String order = orders.next(); order != null; order = orders.next()) {
                String[] words = order.split(" ", -1);
                switch (words[0]) {
                    case "create" -> founder.group(words[1]).create();
                    case "join" -> {
                        for (int i = 0; i < Integer.parseInt(words[2]); i++) {
                            Coordinator member = start(store, "member-" + i);
                            members.add(member);
                            member.group(words[1]).join(Capabilities.NONE);
                        }
                    }
                    default -> {
                        members.forEach(Coordinator::close);
                        members.clear();
                    }
                }
                orders.answer("done");
            }
        }
    }

    private static Coordinator start(Store store, String id) {
        return Coordinator.over(store, CoordinatorOptions.member(id).build()).start();
    }
}
