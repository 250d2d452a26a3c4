package dev.millrace;

import dev.millrace.platform.embedded.EmbeddedPostgres;
import dev.millrace.platform.sql.SqlShell;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code java -jar millrace.jar admin …}: what an operator does from a shell, beside the server.
 *
 * <p>The database is the one the settings name, or the embedded one of a server that runs on the data folder.
 */
final class Admin {
    private static final String USAGE = """
            admin sql [STATEMENTS]      runs SQL, from standard input when none is given, in one transaction, and prints what it answers:
                                        a line of names, then a line for each row, with tabs between
            admin grant EMAIL CREDITS --reason TEXT
                                        gives somebody credits; the reason stands in the ledger""";

    private static final String REASON = "--reason";

    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int MISUSED = 2;

    private static final String GRANT = """
            SELECT admin.grant(?, CAST(? AS numeric), ?) AS available""";

    private final Config config;
    private final PrintStream out;
    private final PrintStream err;

    Admin(Config config, PrintStream out, PrintStream err) {
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /** Does what the words say; answers the exit code: 0 done, 1 refused by the database, 2 not understood or no database. */
    int run(List<String> words, InputStream in) {
        if (words.stream().limit(2).anyMatch(word -> word.equals("--help") || word.equals("-h"))) {
            out.println(USAGE);
            return DONE;
        }
        String verb = words.isEmpty() ? "" : words.getFirst();
        List<String> gift = verb.equals("grant") ? reasonLast(words.subList(1, words.size())) : List.of();
        boolean understood = verb.equals("sql") ? words.size() <= 2 : gift.size() == 3;
        if (!understood) {
            err.println(USAGE);
            return MISUSED;
        }
        SqlShell shell = shell();
        if (shell == null) {
            err.println(
                    "No server runs on " + config.dataDir().toAbsolutePath()
                            + ": start it, or name its folder with MILLRACE_DATA_DIR or its database with MILLRACE_DATABASE_URL.");
            return MISUSED;
        }
        try {
            if (verb.equals("grant")) {
                shell.ask(GRANT, gift, out);
            } else {
                shell.run(words.size() == 2 ? words.get(1) : read(in), out);
            }
            return DONE;
        } catch (SqlShell.Refused refusal) {
            err.println(refusal.getMessage());
            return REFUSED;
        } catch (IOException unreadable) {
            err.println("Standard input cannot be read: " + unreadable.getMessage());
            return MISUSED;
        }
    }

    /** E-mail, credits, reason: it may stand anywhere behind its option, and at the end without it. Nothing when no reason follows. */
    private static List<String> reasonLast(List<String> words) {
        int option = words.indexOf(REASON);
        if (option < 0) {
            return words;
        }
        if (option + 1 == words.size()) {
            return List.of();
        }
        var gift = new ArrayList<>(words);
        gift.remove(option);
        gift.add(gift.remove(option));
        return gift;
    }

    /** Null when there is no database to be found. */
    private @Nullable SqlShell shell() {
        Config.Database named = config.database();
        if (named != null) {
            return new SqlShell(named.url(), named.user(), named.password());
        }
        EmbeddedPostgres.Login login = EmbeddedPostgres.running(config.dataDir());
        return login == null ? null : new SqlShell(login.url(), login.user(), login.password());
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
