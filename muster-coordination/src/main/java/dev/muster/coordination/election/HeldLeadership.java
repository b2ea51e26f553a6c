package dev.muster.coordination.election;

import dev.muster.coordination.internal.Owned;
import dev.muster.coordination.internal.Scope;
import dev.muster.coordination.ownership.FencingToken;
import dev.muster.store.Commit;
import dev.muster.store.CommitResult;
import dev.muster.store.Entry;
import dev.muster.store.Listing;
import dev.muster.store.Session;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A candidate's entry, for as long as the term names it. */
final class HeldLeadership extends Owned implements Leadership {

    private final String election;
    private final long term;
    private final Candidacy candidacy;

    /** While a hand-over is under way: it may have been applied. */
    private final AtomicBoolean handingOver = new AtomicBoolean();

    /** The name under which the latest attempt to stand anew was sent. */
    private volatile String requeuedAs = "";

    private HeldLeadership(
            Scope scope,
            Session session,
            String directory,
            String candidate,
            long created,
            String election,
            long term,
            Candidacy candidacy) {
        super(scope, session, directory, candidate, created);
        this.election = election;
        this.term = term;
        this.candidacy = candidacy;
    }

    static HeldLeadership begin(
            Scope scope,
            Session session,
            String directory,
            String candidate,
            long created,
            String election,
            long term,
            Candidacy candidacy) {
        HeldLeadership leadership =
                new HeldLeadership(scope, session, directory, candidate, created, election, term, candidacy);
        leadership.begin();
        return leadership;
    }

    @Override
    public String election() {
        return election;
    }

    @Override
    public FencingToken token() {
        return new FencingToken(term);
    }

    @Override
    public Commit.Builder guard(Commit.Builder builder) {
        return builder.as(session()).created(entry, created()).at(Term.ENTRY, term);
    }

    @Override
    public boolean handOver(String memberId) {
        return scope.join(handOverAsync(memberId), "hand over " + what() + " to " + memberId);
    }

    @Override
    public CompletableFuture<Boolean> handOverAsync(String memberId) {
        return scope.store().list(directory).thenCompose(listing -> {
            Optional<Entry> successor = successor(listing, memberId);
            if (!isValid()) {
                throw notLeader();
            }
            return successor.isEmpty() ? CompletableFuture.completedFuture(false) : handOver(successor.get(), memberId);
        });
    }

    /** Stops believing before the other can take office: the reply may come late, or be lost. */
    private CompletableFuture<Boolean> handOver(Entry next, String memberId) {
        if (!handingOver.compareAndSet(false, true)) {
            throw notLeader();
        }
        return scope.commits()
                .commit(
                        () -> guard(Commit.in(directory))
                                .created(next.name(), next.created())
                                .delete(Term.ENTRY)
                                .put(Term.NAMED, Term.encode(next.name(), memberId))
                                .build(),
                        Long.MAX_VALUE)
                .thenApply(result -> {
                    if (result.isApplied()) {
                        over();
                        return true;
                    }
                    handingOver.set(false);
                    if (((CommitResult.Refused) result).guard().name().equals(next.name())) {
                        return false;
                    }
                    throw notLeader();
                });
    }

    boolean isOf(String candidate) {
        return entry.equals(candidate);
    }

    private NotLeader notLeader() {
        return new NotLeader("The term " + term + " of election " + election + " has ended, or is ending");
    }

    @Override
    public boolean isValid() {
        return !handingOver.get() && super.isValid();
    }

    private Optional<Entry> successor(Listing listing, String memberId) {
        return listing.entries().stream()
                .filter(other ->
                        Candidacy.isCandidate(other.name()) && !other.name().equals(entry))
                .filter(other -> other.value().utf8().equals(memberId))
                .findFirst();
    }

    /** Ends it because its candidacy was withdrawn or the office handed over. */
    void over() {
        givenUp();
    }

    /** Ends it because the term is another's by now. */
    void superseded() {
        if (handingOver.get()) {
            over();
        } else {
            takenAway();
        }
    }

    /** One commit: out of the queue at its head, into it at its end. */
    @Override
    protected Commit giveUp() {
        candidacy.requeues(this);
        Commit.Builder builder = guard(Commit.in(directory)).delete(entry).delete(Term.ENTRY);
        requeuedAs = Candidacy.append(builder, scope.memberId());
        return builder.build();
    }

    @Override
    protected void onGivenUp(@Nullable CommitResult result) {
        candidacy.requeued(this, requeuedAs, result);
    }

    @Override
    protected String what() {
        return "leadership of election " + election;
    }

    @Override
    public String toString() {
        return what() + " (term " + term + (isValid() ? ")" : ", over)");
    }
}
