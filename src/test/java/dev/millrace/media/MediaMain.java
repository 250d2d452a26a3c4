package dev.millrace.media;

import dev.millrace.platform.Secret;
import dev.millrace.platform.sql.SqlConfig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A node of its own that a test may kill: brings one file and says what becomes of it. */
final class MediaMain {
    private MediaMain() {}

    /** Database address, user, password; folder of the tools; home; origin; kind; the file. */
    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var database = SqlConfig.of(arguments[0], arguments[1], new Secret(arguments[2]), 4);
        Path home = Path.of(arguments[4]);
        try (var kit = MediaKit.open(home, home.resolve("media"), database, Path.of(arguments[3]))) {
            Asset begun =
                    kit.bring(Path.of(arguments[7]), Origin.valueOf(arguments[5]), MediaKind.valueOf(arguments[6]));
            out.println("begun " + begun.id());
            Asset end = kit.settled(begun.id());
            Fault fault = end.error();
            out.println("ended " + end.status() + (fault == null ? "" : " " + fault.code() + ": " + fault.detail()));
        }
    }
}
