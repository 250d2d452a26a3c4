package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator may type; the database has no part in it, for no server runs on the folder. */
class AdminTest {
    private static final String NO_SERVER = "No server runs on ";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void aGrantTakesItsReasonBehindAnOptionOrLast() {
        for (var words : List.of(
                List.of("grant", "a@example.com", "7", "--reason", "a gift"),
                List.of("grant", "--reason", "a gift", "a@example.com", "7"),
                List.of("grant", "a@example.com", "7", "a gift"))) {
            assertThat(run(words)).isEqualTo(2);
            assertThat(said(err)).as(words.toString()).startsWith(NO_SERVER);
        }
    }

    @Test
    void aGrantWithoutAReasonIsNotUnderstood() {
        for (var words : List.of(
                List.of("grant", "a@example.com", "7"),
                List.of("grant", "a@example.com", "7", "--reason"),
                List.of("grant", "a@example.com", "--reason", "a gift"),
                List.of("grant", "a@example.com", "7", "--reason", "a gift", "more"),
                List.of("give", "a@example.com", "7", "a gift"),
                List.<String>of())) {
            assertThat(run(words)).isEqualTo(2);
            assertThat(said(err)).as(words.toString()).contains("admin grant EMAIL CREDITS --reason TEXT");
        }
    }

    @Test
    void whoAsksForHelpIsHelped() {
        for (var words : List.of(List.of("--help"), List.of("sql", "--help"), List.of("grant", "-h"))) {
            assertThat(run(words)).as(words.toString()).isZero();
            assertThat(said(out)).contains("admin sql [STATEMENTS]", "admin grant EMAIL CREDITS --reason TEXT");
        }
    }

    private int run(List<String> words) {
        out.reset();
        err.reset();
        var config = Config.load(Map.of("MILLRACE_DATA_DIR", folder.toString()));
        var admin = new Admin(
                config,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return admin.run(words, InputStream.nullInputStream());
    }

    private static String said(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
