package dev.muster.store.testkit;

import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.CommitResult.Snapshot;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link HistoryClient} printed into a history. */
final class HistoryReader {

    private record Begun(int number, long start, Commit commit) {}

    private final String directory;
    private final String client;
    private final DirectoryHistory history;
    private @Nullable Begun begun;

    private HistoryReader(String directory, String client, DirectoryHistory history) {
        this.directory = directory;
        this.client = client;
        this.history = history;
    }

    /**
     * Adds what one worker did, which has ended.
     *
     * @param left the directory after the end of all workers
     */
    static void read(List<String> lines, String directory, String client, Listing left, DirectoryHistory history) {
        HistoryReader reader = new HistoryReader(directory, client, history);
        lines.stream()
                .filter(line -> line.endsWith(HistoryClient.COMPLETE))
                .map(line -> line.substring(0, line.length() - HistoryClient.COMPLETE.length()))
                .forEach(line -> reader.read(List.of(line.split(" ", -1))));
        reader.resolveLast(left);
    }

    private void read(List<String> words) {
        long time = Long.parseLong(words.get(2));
        int number = Integer.parseInt(words.get(1));
        switch (words.get(0)) {
            case "listed" ->
                history.add(Operation.listed(
                        client,
                        time,
                        Long.parseLong(words.get(3)),
                        HistoryText.listing(words.subList(4, words.size()))));
            case "begin" ->
                begun = new Begun(number, time, HistoryText.commit(directory, words.subList(3, words.size())));
            case "end" -> end(time, words.subList(3, words.size()));
            default -> throw new IllegalArgumentException("not of a history: " + words);
        }
    }

    private void end(long time, List<String> verdict) {
        Begun open = begun;
        if (open == null) {
            throw new IllegalStateException("the end of a commit that was not begun: " + verdict);
        }
        begun = null;
        switch (verdict.get(0)) {
            case "applied" ->
                history.add(Operation.committed(
                        client,
                        open.start(),
                        time,
                        open.commit(),
                        new CommitResult.Applied(Long.parseLong(verdict.get(1)), seen(verdict))));
            case "refused" ->
                history.add(Operation.committed(
                        client,
                        open.start(),
                        time,
                        open.commit(),
                        new CommitResult.Refused(HistoryText.guard(verdict.get(1)), seen(verdict))));
            case "settled" ->
                history.add(
                        Operation.settled(client, open.start(), time, open.commit(), Long.parseLong(verdict.get(1))));
            default -> {}
        }
    }

    private static Snapshot seen(List<String> verdict) {
        return Snapshot.of(HistoryText.listing(verdict.subList(2, verdict.size())));
    }

    /** The commit under way at the kill was applied exactly if its mark is the last that the client left. */
    private void resolveLast(Listing left) {
        Begun open = begun;
        Entry mark = left.find(HistoryClient.log(client)).orElse(null);
        if (open != null && mark != null && mark.value().utf8().equals("" + open.number())) {
            history.add(Operation.settled(client, open.start(), Long.MAX_VALUE, open.commit(), mark.modified()));
        }
    }
}
