package dev.millrace.analytics;

import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;

/** The book of facts. */
public final class Analytics {
    private static final String RECORD = """
            INSERT INTO fact (id, kind, account, subject, data)
            VALUES (:id, :kind, :account, :subject, CAST(:data AS jsonb))""";

    private Analytics() {}

    /** Writes a fact down in the transaction of what it tells. */
    public static void record(Tx tx, Fact fact) {
        tx.update(RECORD)
                .bind("id", Ids.next())
                .bind("kind", fact.kind())
                .bind("account", fact.account())
                .bind("subject", fact.subject())
                .bind("data", Json.write(fact))
                .execute();
    }
}
