package dev.millrace.generation;

import dev.millrace.credits.Credits;
import dev.millrace.generation.store.Paces;
import dev.millrace.generation.work.GenerationWorker;
import dev.millrace.generation.work.RunGeneration;
import dev.millrace.generation.work.Slots;
import dev.millrace.platform.idempotency.Idempotency;
import dev.millrace.platform.sql.Db;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be looked after now and then. Harmless when several nodes do it at once. */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private static final String UNFINISHED = """
            SELECT id FROM generation
            WHERE finished_at IS NULL""";

    private static final String GIVEN_UP = """
            SELECT g.id FROM generation g
            LEFT JOIN job j ON j.id = g.job
            WHERE g.finished_at IS NULL AND g.job IS NOT NULL AND (j.id IS NULL OR j.state = 'dead')""";

    private static final String STILL_GIVEN_UP = GIVEN_UP + " AND g.id = :id";

    private static final String LOCK_JOB = """
            SELECT j.id FROM job j
            WHERE j.id = (SELECT g.job FROM generation g WHERE g.id = :id)
            FOR NO KEY UPDATE""";

    /**
     * Of so many generations that ended a day ago or longer, the oldest first, the light rows are dropped; answers how many there were.
     * A loss of contact stays in the log: it explains what the ledger shows.
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
                  AND e.event IN ('progress', 'preview')
                  AND e.data NOT LIKE '%"unresolved":%')
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
    private final GenerationWorker worker;

    Sweep(Db db, Credits credits, Slots slots, GenerationWorker worker) {
        this.db = db;
        this.credits = credits;
        this.slots = slots;
        this.worker = worker;
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
        endGivenUp();
        dropLight();
        db.run(tx -> {
            Idempotency.sweep(tx);
            Paces.sweep(tx);
        });
    }

    /** Nobody will ever run a dead job: what it was for ends free, though it could not be ended when the job died. */
    private void endGivenUp() {
        for (UUID id : db.read(tx -> tx.query(GIVEN_UP).mapTo(UUID.class).list())) {
            try {
                db.run(tx -> {
                    // somebody may have revived its job meanwhile, or ended it
                    tx.query(LOCK_JOB).bind("id", id).mapTo(UUID.class).list();
                    if (tx.query(STILL_GIVEN_UP)
                            .bind("id", id)
                            .mapTo(UUID.class)
                            .findOne()
                            .isPresent()) {
                        worker.bury(tx, new RunGeneration(id), "its job is dead");
                        LOG.error("generation {} was not ended when its job died; it is now", id);
                    }
                });
            } catch (RuntimeException defect) { // the others are ended all the same
                LOG.error("generation {} has a dead job and cannot be ended", id, defect);
            }
        }
    }

    private void dropLight() {
        int ended = PAGE;
        for (int page = 0; page < MOST_PAGES && ended == PAGE; page++) {
            ended = db.transact(tx -> tx.update(DROP_LIGHT).bind("page", PAGE).execute());
        }
    }
}
