package dev.millrace.generation;

import dev.millrace.credits.Credits;
import dev.millrace.generation.store.Paces;
import dev.millrace.generation.work.Slots;
import dev.millrace.platform.idempotency.Idempotency;
import dev.millrace.platform.sql.Db;
import java.util.List;
import java.util.UUID;

/** What has to be looked after now and then. Harmless when several nodes do it at once. */
final class Sweep {
    private static final String UNFINISHED = """
            SELECT id FROM generation
            WHERE finished_at IS NULL""";

    /**
     * Of so many generations that ended a day ago or longer, the oldest first, the light rows are dropped: progress, previews, and of
     * the places in a line all but the last of each wait. Answers how many there were. A loss of contact stays in the log: it
     * explains what the ledger shows.
     */
    private static final String DROP_LIGHT = """
            WITH ended AS (
                SELECT id FROM generation
                WHERE light AND finished_at < now() - interval '24 hours'
                ORDER BY finished_at
                LIMIT :page
                FOR NO KEY UPDATE SKIP LOCKED),
            dropped AS (
                DELETE FROM generation_event e
                USING ended
                WHERE e.generation = ended.id
                  AND (e.event IN ('progress', 'preview') AND e.data NOT LIKE '%"unresolved":%'
                       OR e.event = 'queued' AND (
                           SELECT next.event FROM generation_event next
                           WHERE next.generation = e.generation AND (next.epoch, next.seq) > (e.epoch, e.seq)
                             AND next.event NOT IN ('progress', 'preview')
                           ORDER BY next.epoch, next.seq
                           LIMIT 1) = 'queued'))
            UPDATE generation g
            SET light = false
            FROM ended
            WHERE g.id = ended.id""";

    private static final int PAGE = 100;

    /** Ten thousand generations a minute; what is left is the next sweep's. */
    private static final int MOST_PAGES = 100;

    private final Db db;
    private final Credits credits;
    private final Slots slots;

    Sweep(Db db, Credits credits, Slots slots) {
        this.db = db;
        this.credits = credits;
        this.slots = slots;
    }

    void sweep() {
        // a hold lasts an hour unless somebody says that the work goes on, or still waits
        db.run(tx -> {
            List<UUID> unfinished = tx.query(UNFINISHED).mapTo(UUID.class).list();
            if (!unfinished.isEmpty()) {
                credits.extend(tx, unfinished);
            }
        });
        for (UUID account : db.read(Slots::withWaiting)) {
            db.run(tx -> {
                Slots.turn(tx, List.of(account));
                slots.promote(tx, List.of(account));
            });
        }
        dropLight();
        db.run(tx -> {
            Idempotency.sweep(tx);
            Paces.sweep(tx);
        });
    }

    private void dropLight() {
        int ended = PAGE;
        for (int page = 0; page < MOST_PAGES && ended == PAGE; page++) {
            ended = db.transact(tx -> tx.update(DROP_LIGHT).bind("page", PAGE).execute());
        }
    }
}
