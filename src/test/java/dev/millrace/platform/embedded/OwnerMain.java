package dev.millrace.platform.embedded;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;

/** A server that owns a data folder and writes rows, until it is told to stop or is killed. */
final class OwnerMain {
    private OwnerMain() {}

    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (var folder = DataFolder.open(Path.of(arguments[0]), Path.of(arguments[1]));
                var embedded =
                        Embedded.start(folder, EnumSet.of(Service.POSTGRES, Service.REDIS), TestServices.CONNECTIONS)) {
            folder.recordIncarnation(4711);
            out.println(
                    "pids " + embedded.postgres().pid() + " " + embedded.redis().pid());
            var writer = Thread.ofPlatform().daemon().start(() -> write(embedded.postgres(), out));
            System.in.read();
            writer.interrupt();
        } catch (DataFolderInUse inUse) {
            out.println("refused " + inUse.getMessage());
        }
    }

    private static void write(EmbeddedPostgres postgres, PrintStream out) {
        try (var handle = postgres.application().connect()) {
            handle.execute("CREATE TABLE IF NOT EXISTS heard (number bigint PRIMARY KEY)");
            for (long number = 1; !Thread.currentThread().isInterrupted(); number++) {
                handle.execute("INSERT INTO heard VALUES (?)", number);
                out.println("wrote " + number);
            }
        }
    }
}
