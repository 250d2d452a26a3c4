package dev.millrace.credits;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The books: what was given, what there is, and the lines an owner reads. */
final class Ledger {
    private static final int BATCH = 100;

    private static final String OPEN = """
            SELECT credit_open(:owner, :entry, :purse)""";

    /** Gives an owner the first purse with what the plan grants once; does nothing for who has one. */
    void open(Tx tx, UUID owner) {
        tx.query(OPEN)
                .bind("owner", owner)
                .bind("entry", Ids.next())
                .bind("purse", Ids.next())
                .mapTo(Boolean.class)
                .findOne();
    }

    private static final String GIVE = """
            SELECT credit_give(:owner, :purse, :micros, :expires, :request, :words, :entry, :purse_id)""";

    boolean give(Tx tx, UUID owner, Grant grant) {
        open(tx, owner);
        return tx.query(GIVE)
                .bind("owner", owner)
                .bind("purse", grant.purse().row())
                .bind("micros", grant.micros())
                .bind("expires", grant.expiresAt())
                .bind("request", grant.requestId())
                .bind("words", grant.description())
                .bind("entry", Ids.next())
                .bind("purse_id", Ids.next())
                .mapTo(Boolean.class)
                .one();
    }

    // What has expired counts only as far as it is held. Who was never here has what he would be granted.
    private static final String STANDING = """
            SELECT CAST(coalesce(sum(CASE WHEN alive THEN posted ELSE held END), 0) AS bigint) AS balance,
                   CAST(coalesce(sum(held), 0) AS bigint) AS held,
                   CAST(coalesce(sum(CASE WHEN alive THEN posted - held ELSE 0 END), 0) AS bigint) AS available,
                   CAST(coalesce(sum(spent) FILTER (WHERE purse.month = date_trunc('month', now() AT TIME ZONE 'UTC')), 0) AS bigint) AS spent,
                   date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS month,
                   count(*) AS purses
            FROM (SELECT posted, held, month, spent, expires_at IS NULL OR expires_at > now() AS alive
                  FROM credit_account
                  WHERE owner = :owner AND kind <> 'receivable') purse""";

    Standing standing(Tx tx, UUID owner) {
        return tx.query(STANDING).bind("owner", owner).mapTo(Standing.class).one();
    }

    // The balance of a line is the sum of all lines up to it: what there is in all, less what came after.
    private static final String PAGE = """
            WITH place AS MATERIALIZED (
                SELECT coalesce((SELECT seq FROM entry WHERE id = :after AND owner = :owner), 9223372036854775807) AS seq
            ), total AS MATERIALIZED (
                SELECT (SELECT coalesce(sum(posted), 0) FROM credit_account WHERE owner = :owner)
                       - (SELECT coalesce(sum(amount), 0) FROM entry WHERE owner = :owner AND seq >= (SELECT seq FROM place)) AS amount
            )
            SELECT e.id, e.at, e.kind, e.amount,
                   CASE WHEN h.purpose <> 'dispute' THEN e.hold END AS generation, e.description, CAST(e.lines AS text) AS lines,
                   h.amount - coalesce(h.charged, 0) AS released,
                   CAST((SELECT amount FROM total)
                        - coalesce(sum(e.amount) OVER (ORDER BY e.seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                        AS bigint) AS balance
            FROM entry e
            LEFT JOIN hold h ON h.id = e.hold
            WHERE e.owner = :owner AND e.seq < (SELECT seq FROM place)
            ORDER BY e.seq DESC
            LIMIT :limit""";

    /** The lines before {@code after}, newest first. */
    List<Line> page(Tx tx, UUID owner, @Nullable UUID after, int limit) {
        return tx.query(PAGE)
                .bind("owner", owner)
                .bind("after", after)
                .bind("limit", limit)
                .mapTo(Row.class)
                .map(Row::line)
                .list();
    }

    private static final String DAYS = """
            WITH first AS (
                SELECT date_trunc('day', now(), 'UTC') - make_interval(days => :days - 1) AS day
            ), charged AS (
                SELECT date_trunc('day', e.at, 'UTC') AS day, count(*) AS runs, -sum(e.amount) AS micros
                FROM entry e, first
                WHERE e.owner = :owner AND e.kind = 'charge' AND e.at >= first.day
                GROUP BY 1
            )
            SELECT to_char(series.day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, coalesce(charged.runs, 0) AS runs,
                   CAST(coalesce(charged.micros, 0) AS bigint) AS micros
            FROM first
            CROSS JOIN generate_series(first.day, now(), interval '1 day') AS series (day)
            LEFT JOIN charged ON charged.day = series.day
            ORDER BY series.day""";

    /** What was charged on each of the last days, today included; days are those of UTC. */
    List<Day> days(Tx tx, UUID owner, int days) {
        return tx.query(DAYS)
                .bind("owner", owner)
                .bind("days", days)
                .mapTo(DayRow.class)
                .map(row -> new Day(row.day(), row.runs(), Micros.credits(row.micros())))
                .list();
    }

    private static final String END_ALLOWANCES = """
            UPDATE credit_account
            SET expires_at = now()
            WHERE owner = :owner AND kind = 'allowance' AND closed_at IS NULL AND expires_at > now()
              AND id IN (SELECT t.credit
                         FROM entry e
                         JOIN transfer t ON t.entry = e.id
                         WHERE e.request_id = ANY(:of) AND e.owner = :owner)""";

    void endAllowances(Tx tx, UUID owner, List<String> of) {
        tx.query(LOCK).bind("owner", owner).mapTo(String.class).findOne();
        tx.update(END_ALLOWANCES)
                .bind("owner", owner)
                .bindArray("of", String.class, of)
                .execute();
    }

    private static final String LOCK = """
            SELECT CAST(credit_lock(:owner) AS text)""";

    private static final String LOCK_DEAD = """
            SELECT id, owner
            FROM credit_account
            WHERE expires_at < now() AND closed_at IS NULL AND held = 0
            ORDER BY id
            LIMIT :batch
            FOR NO KEY UPDATE SKIP LOCKED""";

    private static final String WRITE_OFF = """
            WITH dead AS (
                SELECT c.id, c.owner, c.posted, named.entry
                FROM unnest(CAST(:purses AS uuid[]), CAST(:entries AS uuid[])) AS named (purse, entry)
                JOIN credit_account c ON c.id = named.purse
            ), closed AS (
                UPDATE credit_account c
                SET posted = 0, closed_at = now()
                FROM dead
                WHERE c.id = dead.id
            ), line AS (
                INSERT INTO entry (id, owner, kind, amount, description)
                SELECT entry, owner, 'expiry', -posted, 'Credits expired' FROM dead WHERE posted > 0
            )
            INSERT INTO transfer (entry, place, debit, credit, amount)
            SELECT dead.entry, 0, dead.id, house.id, dead.posted
            FROM dead, credit_account house
            WHERE house.owner IS NULL AND house.kind = 'breakage' AND dead.posted > 0""";

    /** Closes purses whose time is over and of which nothing is held any more, a batch of them; answers the owner of each. */
    List<UUID> expire(Tx tx) {
        List<Dead> purses =
                tx.query(LOCK_DEAD).bind("batch", BATCH).mapTo(Dead.class).list();
        Columns.of(purses)
                .uuids("purses", Dead::id)
                .uuids("entries", purse -> Ids.next())
                .bind(tx.update(WRITE_OFF))
                .execute();
        return purses.stream().map(Dead::owner).toList();
    }

    private record Dead(UUID id, UUID owner) {}

    /**
     * What an owner has, in micro-credits.
     *
     * @param spent charged since the month began
     * @param month when that was, in UTC
     * @param purses none means that the owner was never here
     */
    record Standing(long balance, long held, long available, long spent, Instant month, int purses) {}

    /**
     * A day.
     *
     * @param day {@code 2026-11-29}
     * @param runs that were charged
     * @param spent credits
     */
    record Day(String day, long runs, BigDecimal spent) {}

    private record DayRow(String day, long runs, long micros) {}

    /** A line as its owner sees it; amounts are credits. {@code released} is what the end of a hold set free. */
    record Line(
            UUID id,
            Instant at,
            String kind,
            BigDecimal amount,
            BigDecimal balance,
            @Nullable BigDecimal released,
            @Nullable UUID generation,
            String description,
            List<ReceiptLine> lines) {}

    private record Row(
            UUID id,
            Instant at,
            String kind,
            long amount,
            long balance,
            @Nullable Long released,
            @Nullable UUID generation,
            String description,
            String lines) {
        Line line() {
            return new Line(
                    id,
                    at,
                    kind,
                    Micros.credits(amount),
                    Micros.credits(balance),
                    released == null ? null : Micros.credits(released),
                    generation,
                    description,
                    ReceiptLine.list(lines));
        }
    }
}
