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

    /** A loss of contact stays in the log: it explains what the ledger shows. */
    private static final String DROP_LIGHT = """
            DELETE FROM generation_event
            WHERE (generation, epoch, seq) IN (
                SELECT e.generation, e.epoch, e.seq
                FROM generation g
                JOIN generation_event e ON e.generation = g.id
                WHERE g.finished_at BETWEEN now() - interval '26 hours' AND now() - interval '24 hours'
                  AND e.event IN ('progress', 'preview')
                  AND e.data NOT LIKE '%"unresolved":%'
                LIMIT 5000)""";

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
                Slots.turn(tx, account);
                slots.promote(tx, account);
            });
        }
        db.run(tx -> tx.update(DROP_LIGHT).execute());
        db.run(tx -> {
            Idempotency.sweep(tx);
            Paces.sweep(tx);
        });
    }
}
