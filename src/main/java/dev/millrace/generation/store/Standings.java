package dev.millrace.generation.store;

import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/** How far generations are, as their rows say; written by whoever shows the fence of their job. */
public final class Standings {
    private Standings() {}

    private static final String ATTEMPTS = """
            UPDATE generation g
            SET status = 'running', stage = 'starting', epoch = a.epoch, attempts = a.attempt,
                started_at = coalesce(g.started_at, now())
            FROM unnest(CAST(:ids AS uuid[]), CAST(:epochs AS bigint[]), CAST(:attempts AS integer[])) AS a (id, epoch, attempt)
            WHERE g.id = a.id""";

    /** Attempts begin, of as many generations; from now on events of older epochs are not stored. */
    public static void attempts(Tx tx, List<Begun> all) {
        Columns.of(all)
                .uuids("ids", Begun::id)
                .longs("epochs", Begun::epoch)
                .ints("attempts", Begun::attempt)
                .bind(tx.update(ATTEMPTS))
                .execute();
    }

    private static final String STAGE = """
            UPDATE generation
            SET status = :status, stage = :stage, epoch = :epoch, percent = :percent
            WHERE id = :id""";

    /** It has come to another stage. */
    public static void stage(Tx tx, UUID id, long epoch, Status status, Stage stage, BigDecimal percent) {
        tx.update(STAGE)
                .bind("id", id)
                .bind("epoch", epoch)
                .bind("status", status.code())
                .bind("stage", stage.code())
                .bind("percent", percent)
                .execute();
    }

    private static final String EPOCH = """
            UPDATE generation
            SET epoch = :epoch
            WHERE id = :id""";

    /** Events of epochs before this one are not stored any more. */
    public static void epoch(Tx tx, UUID id, long epoch) {
        tx.update(EPOCH).bind("id", id).bind("epoch", epoch).execute();
    }

    /** An attempt that begins. */
    public record Begun(UUID id, long epoch, int attempt) {}
}
