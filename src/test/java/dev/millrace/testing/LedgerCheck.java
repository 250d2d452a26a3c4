package dev.millrace.testing;

import dev.millrace.platform.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Looks into the database of a server that runs as a process of its own. */
public final class LedgerCheck {
    private LedgerCheck() {}

    /** Every broken rule of the ledger, as {@code admin.ledger_check()} reports it. */
    public static List<Map<String, Object>> faults(Path dataFolder) {
        return rows(dataFolder, "SELECT * FROM admin.ledger_check()");
    }

    public static List<Map<String, Object>> rows(Path dataFolder, String sql) {
        try (Handle handle = connect(dataFolder)) {
            return handle.createQuery(sql).mapToMap().list();
        }
    }

    public static int change(Path dataFolder, String sql) {
        try (Handle handle = connect(dataFolder)) {
            return handle.execute(sql);
        }
    }

    private static Handle connect(Path dataFolder) {
        EmbeddedPostgres.Login login = EmbeddedPostgres.running(dataFolder);
        if (login == null) {
            throw new AssertionError("no database runs on " + dataFolder);
        }
        return login.connect();
    }
}
