package dev.millrace.analytics;

import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.util.List;

/** The book of facts. */
public final class Analytics {
    private static final String RECORD = """
            INSERT INTO fact (id, kind, account, subject, data)
            SELECT id, kind, account, subject, CAST(data AS jsonb)
            FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:accounts AS uuid[]), CAST(:subjects AS uuid[]),
                        CAST(:datas AS text[]))
                AS f (id, kind, account, subject, data)""";

    private Analytics() {}

    /** Writes a fact down in the transaction of what it tells. */
    public static void record(Tx tx, Fact fact) {
        record(tx, List.of(fact));
    }

    /** The same for many. */
    public static void record(Tx tx, List<? extends Fact> facts) {
        if (facts.isEmpty()) {
            return;
        }
        Columns.of(facts)
                .uuids("ids", fact -> Ids.next())
                .texts("kinds", Fact::kind)
                .uuids("accounts", Fact::account)
                .uuids("subjects", Fact::subject)
                .texts("datas", Json::write)
                .bind(tx.update(RECORD))
                .execute();
    }
}
