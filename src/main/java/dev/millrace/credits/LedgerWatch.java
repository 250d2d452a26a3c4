package dev.millrace.credits;

import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the books checked once an hour, by one node of all, and raises the alarm when a rule is broken: an error in the log for each
 * broken row, and a figure that is not zero at {@code /metrics}.
 *
 * <p>One snapshot on a connection of its own, with minutes of patience, so that a large ledger neither gives false alarms nor takes a
 * connection from the pool.
 */
public final class LedgerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWatch.class);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MOST_TOLD = 20;

    private final Db db;
    private final Line line;
    private volatile Standing standing = new Standing(0, null);

    private LedgerWatch(Db db, Line line) {
        this.db = db;
        this.line = line;
    }

    public static LedgerWatch over(Db db) {
        return new LedgerWatch(db, db.line("millrace-ledger-watch", PATIENCE));
    }

    private static final String CLAIM = """
            UPDATE ledger_watch
            SET checked_at = now()
            WHERE checked_at < now() - interval '1 hour'""";

    private static final String POSTPONE = """
            UPDATE ledger_watch
            SET checked_at = now() - interval '55 minutes'""";

    private static final String LOOK = """
            SELECT broken, CASE WHEN isfinite(checked_at) THEN checked_at END AS checked_at
            FROM ledger_watch""";

    /** Checks when it is time, and takes note of how things stand; to be called every minute or so. */
    public void round() {
        if (db.<Integer>transact(tx -> tx.update(CLAIM).execute()) == 1) {
            try {
                check();
            } catch (RuntimeException failure) {
                db.run(tx -> tx.update(POSTPONE).execute());
                throw failure;
            }
        }
        standing = db.read(tx -> tx.query(LOOK).mapTo(Standing.class).one());
    }

    private static final String SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

    private static final String CHECK = """
            SELECT rule, subject, detail FROM admin.ledger_check()""";

    private static final String FOUND = """
            UPDATE ledger_watch
            SET checked_at = now(), broken = :broken""";

    /** Checks now, whenever it was done last; answers what is broken. */
    public List<Fault> check() {
        List<Fault> faults = line.transact(LedgerWatch::faults);
        db.run(tx -> tx.update(FOUND).bind("broken", faults.size()).execute());
        faults.stream()
                .limit(MOST_TOLD)
                .forEach(fault -> LOG.error(
                        "the ledger is broken: {}, {} ({}); {} such rows in all",
                        fault.rule(),
                        fault.subject(),
                        fault.detail(),
                        faults.size()));
        standing = new Standing(faults.size(), Instant.now());
        return faults;
    }

    /** What was found last, here or on another node, as of the last {@link #round}. */
    public Standing standing() {
        return standing;
    }

    @Override
    public void close() {
        line.close();
    }

    private static List<Fault> faults(Tx tx) {
        tx.execute(SNAPSHOT);
        return tx.query(CHECK).mapTo(Fault.class).list();
    }

    /** One row that breaks a rule. */
    public record Fault(String rule, String subject, String detail) {}

    /** {@code checkedAt} is null while nobody has checked yet. */
    public record Standing(int broken, @Nullable Instant checkedAt) {}
}
