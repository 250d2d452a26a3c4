package dev.millrace.generation.work;

import dev.millrace.credits.Credits;
import dev.millrace.generation.store.Archive;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.sql.Tx;
import java.util.List;
import java.util.UUID;

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

    private static final String TURN = """
            SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(CAST(:account AS text), 7))""";

    /** From here to the end of the transaction nobody else begins or ends anything of this account. */
    public static void turn(Tx tx, UUID account) {
        tx.query(TURN).bind("account", account).mapTo(Integer.class).one();
    }

    private static final String COUNT = """
            SELECT count(*) FILTER (WHERE job IS NOT NULL) AS running, count(*) FILTER (WHERE job IS NULL) AS waiting
            FROM generation
            WHERE account = :account AND finished_at IS NULL""";

    /** How many run, and how many wait for one of them to end. */
    public static Count count(Tx tx, UUID account) {
        return tx.query(COUNT).bind("account", account).mapTo(Count.class).one();
    }

    /** Has a generation made as soon as this transaction is durable; answers its job. */
    public UUID enqueue(Tx tx, UUID account, UUID generation) {
        return jobs.enqueue(tx, account, new RunGeneration(generation));
    }

    private static final String NEXT = """
            SELECT id FROM generation
            WHERE account = :account AND finished_at IS NULL AND job IS NULL
            ORDER BY id
            LIMIT :most""";

    /** Lets those who wait go on, as many as there is room for, and tells the others their new place. Needs the turn. */
    public void promote(Tx tx, UUID account) {
        Count count = count(tx, account);
        if (count.waiting() == 0) {
            return;
        }
        long room = credits.plan(tx, account).running() - count.running();
        if (room <= 0) {
            return;
        }
        List<UUID> next = tx.query(NEXT)
                .bind("account", account)
                .bind("most", room)
                .mapTo(UUID.class)
                .list();
        next.forEach(generation -> archive.enqueued(tx, generation, enqueue(tx, account, generation)));
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
    public record Count(long running, long waiting) {}
}
