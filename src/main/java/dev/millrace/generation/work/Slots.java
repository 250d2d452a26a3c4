package dev.millrace.generation.work;

import dev.millrace.credits.Credits;
import dev.millrace.generation.store.Archive;
import dev.millrace.platform.jobs.Enqueue;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Wish;
import dev.millrace.platform.sql.Turns;
import dev.millrace.platform.sql.Tx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * How many generations of an account run at once. More than its plan allows are not refused: they wait in the order of their
 * coming, and each that ends gives its place to the next in its own last transaction.
 *
 * <p>The rows of the table are the count. Whoever reads it to act on it has taken the account's turn first.
 */
public final class Slots {
    /** So many may wait; more are refused. */
    public static final int MOST_WAITING = 100;

    private final Credits credits;
    private final Jobs jobs;
    private final Archive archive;

    public Slots(Credits credits, Jobs jobs, Archive archive) {
        this.credits = credits;
        this.jobs = jobs;
        this.archive = archive;
    }

    /** From here to the end of the transaction nobody else begins or ends anything of these accounts. */
    public static void turn(Tx tx, Collection<UUID> accounts) {
        Turns.take(tx, accounts);
    }

    private static final String COUNTS = """
            SELECT account, count(*) FILTER (WHERE job IS NOT NULL) AS running, count(*) FILTER (WHERE job IS NULL) AS waiting
            FROM generation
            WHERE account = ANY(:accounts) AND finished_at IS NULL
            GROUP BY account""";

    /** How many run, and how many wait for one of them to end. */
    public static Count count(Tx tx, UUID account) {
        return counts(tx, List.of(account)).getOrDefault(account, Count.NONE);
    }

    /** The same for many; who has none is absent. */
    public static Map<UUID, Count> counts(Tx tx, Collection<UUID> accounts) {
        return tx.query(COUNTS).bindArray("accounts", UUID.class, accounts).mapTo(Counted.class).stream()
                .collect(Collectors.toMap(Counted::account, Counted::count));
    }

    /** Has generations made as soon as this transaction is durable; answers their jobs, in this order. */
    public List<UUID> enqueue(Tx tx, List<Ready> all) {
        return jobs.enqueue(
                tx,
                all.stream()
                        .map(ready -> new Wish(ready.account(), new RunGeneration(ready.generation()), Enqueue.NOW))
                        .toList());
    }

    private static final String NEXT = """
            SELECT id FROM generation
            WHERE account = :account AND finished_at IS NULL AND job IS NULL
            ORDER BY id
            LIMIT :most""";

    /**
     * Lets those who wait go on, as many as there is room for in each account, and tells the others their new place. Needs the turn of
     * all of them.
     */
    public void promote(Tx tx, Collection<UUID> accounts) {
        counts(tx, accounts).forEach((account, count) -> {
            if (count.waiting() > 0) {
                promote(tx, account, count);
            }
        });
    }

    private void promote(Tx tx, UUID account, Count count) {
        long room = credits.plan(tx, account).running() - count.running();
        if (room <= 0) {
            return;
        }
        List<UUID> next = tx.query(NEXT)
                .bind("account", account)
                .bind("most", room)
                .mapTo(UUID.class)
                .list();
        List<UUID> made = enqueue(
                tx,
                next.stream().map(generation -> new Ready(account, generation)).toList());
        for (int i = 0; i < next.size(); i++) {
            archive.enqueued(tx, next.get(i), made.get(i));
        }
        if (count.waiting() > next.size()) {
            tellPlaces(tx, account);
        }
    }

    private static final String PLACES = """
            INSERT INTO generation_event (generation, epoch, seq, position, event, data)
            SELECT waiting.id, 0, last.seq + 1, 0, 'queued', '{"position":' || waiting.place || '}'
            FROM (SELECT id, row_number() OVER (ORDER BY id) AS place
                  FROM generation
                  WHERE account = :account AND finished_at IS NULL AND job IS NULL) waiting
            CROSS JOIN LATERAL (
                  SELECT seq FROM generation_event
                  WHERE generation = waiting.id
                  ORDER BY epoch DESC, seq DESC
                  LIMIT 1) last""";

    private static void tellPlaces(Tx tx, UUID account) {
        tx.update(PLACES).bind("account", account).execute();
    }

    private static final String WITH_WAITING = """
            SELECT DISTINCT account FROM generation
            WHERE finished_at IS NULL AND job IS NULL""";

    /** Accounts in which somebody waits: a plan that was changed by SQL may have room for them now. */
    public static List<UUID> withWaiting(Tx tx) {
        return tx.query(WITH_WAITING).mapTo(UUID.class).list();
    }

    /** Running means that a job has it, whether or not that job has begun. */
    public record Count(long running, long waiting) {
        public static final Count NONE = new Count(0, 0);

        public Count oneMoreRuns() {
            return new Count(running + 1, waiting);
        }

        public Count oneMoreWaits() {
            return new Count(running, waiting + 1);
        }
    }

    /** A generation that need not wait, and whose it is. */
    public record Ready(UUID account, UUID generation) {}

    private record Counted(UUID account, long running, long waiting) {
        Count count() {
            return new Count(running, waiting);
        }
    }
}
