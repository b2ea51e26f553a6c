package dev.muster.store.testkit;

import dev.muster.store.Bytes;
import dev.muster.store.Commit;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.MusterException;
import dev.muster.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Client processes that commit to one directory at random, list it and watch it, while a test kills some and makes their
 * servers and networks fail. In the end what they were told must be one history, and each one's watch must have come to
 * show what the directory holds.
 *
 * <p>For one thread.
 */
public final class DirectoryFleet implements AutoCloseable {

    private static final Duration HEALING = Duration.ofSeconds(30);

    private final String url;
    private final String directory;
    private final Map<String, ChildProcess> workers = new LinkedHashMap<>();
    private final Map<String, Integer> read = new LinkedHashMap<>();
    private final Set<String> killed = new HashSet<>();
    private int operations;

    /**
     * Starts none.
     *
     * @param url for this process itself
     * @param directory one that is empty, and stays untouched by others
     */
    public DirectoryFleet(String url, String directory) {
        this.url = url;
        this.directory = directory;
    }

    /** Starts one more. */
    public void add(ClientPlace place) {
        String name = "c" + workers.size();
        workers.put(name, ChildProcess.start(place.environment(), DirectoryWorker.class, place.url(), directory, name));
    }

    /** Ends one as kill -9 does. */
    public void killOne() {
        workers.keySet().stream()
                .filter(name -> !killed.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    killed.add(name);
                    worker(name).kill();
                });
    }

    /** How many operations were recorded; known once finished. */
    public int operations() {
        return operations;
    }

    /** Waits until each client that lives has answered so much. */
    public void awaitOperations(int each) {
        workers.forEach((name, worker) -> Patience.await("operations of client " + name, HEALING)
                .until(() -> worker.lines() > 2 * each || !worker.isAlive()));
    }

    /** As {@link #finish(boolean, boolean, Duration)}, with 30 s. */
    public List<String> finish(boolean linearizable, boolean keptData) {
        return finish(linearizable, keptData, HEALING);
    }

    /**
     * Has the clients stop committing, and checks what they saw.
     *
     * @param linearizable whether listings have to be of the present; where not, each client's are in order
     * @param keptData false where the servers have lost some on purpose: then only the order of revisions is checked, and
     *     the watches
     * @param healing how long a watch may take to show the final state
     * @return the breaches found, in words
     */
    public List<String> finish(boolean linearizable, boolean keptData, Duration healing) {
        List<String> breaches = new ArrayList<>();
        List<String> living =
                workers.keySet().stream().filter(name -> worker(name).isAlive()).toList();
        living.forEach(name -> worker(name).send("finish"));
        living.forEach(name -> awaitLine(name, "idle", HEALING.multipliedBy(3)));
        try (Store store = Store.open(url)) {
            // One more change, after all others.
            Commit last = Commit.in(directory).put("last", Bytes.utf8("1")).build();
            long start = System.nanoTime();
            DirectoryHistory history = new DirectoryHistory(directory);
            history.add(Operation.committed(
                    "end", start, System.nanoTime(), last, store.commit(last, Patience.deadline())));
            Listing left = store.list(directory, Patience.deadline());
            for (String name : living) {
                if (worker(name).isAlive()) {
                    checkView(name, left.entries(), healing, breaches);
                } else if (keptData) {
                    breaches.add("client " + name + " could not settle a commit, or failed: "
                            + worker(name).lastLine());
                }
            }
            workers.keySet().forEach(name -> readInto(history, name, left, keptData ? breaches : new ArrayList<>()));
            operations = history.size();
            breaches.addAll(history.breaches(linearizable, keptData));
            return breaches;
        }
    }

    private ChildProcess worker(String name) {
        ChildProcess worker = workers.get(name);
        if (worker == null) {
            throw new IllegalStateException("no client " + name);
        }
        return worker;
    }

    /** Waits for an answer that starts like this, after those that were waited for before. */
    private String awaitLine(String name, String start, Duration atMost) {
        ChildProcess worker = worker(name);
        String[] found = new String[1];
        Patience.await("the answer '" + start + "' of client " + name, atMost).until(() -> {
            int line = read.getOrDefault(name, 0);
            // First: what is printed meanwhile is read the next time.
            int lines = worker.lines();
            for (String answer : worker.answersBetween(line, lines)) {
                if (answer.startsWith(start) && answer.endsWith(HistoryClient.COMPLETE)) {
                    found[0] = answer;
                }
            }
            read.put(name, lines);
            return found[0] != null || !worker.isAlive();
        });
        return found[0] == null ? "" : found[0];
    }

    private void checkView(String name, List<Entry> left, Duration healing, List<String> breaches) {
        String[] shown = {""};
        try {
            Patience.await("a watch that shows the final state", healing).until(() -> {
                ChildProcess worker = worker(name);
                worker.send("view");
                String line = awaitLine(name, "view ", HEALING);
                shown[0] = line.isEmpty() ? line : line.substring(5, line.length() - HistoryClient.COMPLETE.length());
                return !line.isEmpty()
                        && HistoryText.listing(List.of(shown[0].split(" ", -1)))
                                .entries()
                                .equals(left);
            });
        } catch (ConditionTimeoutException e) {
            breaches.add("the watch of client " + name + " shows " + shown[0] + ", not the final state " + left);
        }
    }

    /** Where data was lost on purpose, a fresh listing may show an older incarnation, which the rules of a watch forbid. */
    private void readInto(DirectoryHistory history, String name, Listing left, List<String> breaches) {
        ChildProcess worker = worker(name);
        worker.close();
        List<String> all = worker.remaining();
        all.stream()
                .filter(line -> line.startsWith("broken "))
                .forEach(line -> breaches.add("client " + name + ": " + line));
        List<String> lines = all.stream()
                .filter(line -> line.startsWith("listed ") || line.startsWith("begin ") || line.startsWith("end "))
                .toList();
        HistoryReader.read(lines, directory, name, left, history);
    }

    /** Kills the clients that are left, and removes what they left. */
    @Override
    public void close() {
        workers.values().forEach(ChildProcess::close);
        try (Store store = Store.open(url)) {
            Commit.Builder deletes = Commit.in(directory);
            store.list(directory, Patience.deadline()).names().forEach(deletes::delete);
            store.commit(deletes.build(), Patience.deadline());
        } catch (MusterException e) {
            // It lies in a random place, and may stay.
            System.err.println("could not remove " + directory + ": " + e.getMessage());
        }
    }
}
