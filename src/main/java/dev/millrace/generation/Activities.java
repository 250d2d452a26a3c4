package dev.millrace.generation;

import dev.millrace.credits.Activity;
import dev.millrace.generation.work.Slots;
import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.UUID;

/** What an account does: how much runs now, and how much it began. */
final class Activities {
    private static final String CREATED = """
            SELECT count(*) FROM generation
            WHERE account = :account AND created_at >= :since""";

    private Activities() {}

    static Activity.Count of(Tx tx, UUID account, Instant since) {
        long created = tx.query(CREATED)
                .bind("account", account)
                .bind("since", since)
                .mapTo(Long.class)
                .one();
        return new Activity.Count(Slots.count(tx, account).running(), created);
    }
}
