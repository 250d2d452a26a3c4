package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Secret;
import dev.millrace.platform.process.Exit;
import dev.millrace.platform.process.Launch;
import dev.millrace.platform.process.Spawner;
import dev.millrace.platform.process.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files of the embedded Postgres: its cluster, the superuser's password, its log.
 *
 * <p>A cluster is made under another name and then renamed: initdb killed half-way leaves one that starts, but lacks its
 * databases.
 *
 * @param home the folder that holds them all
 * @param program the unpacked Postgres
 */
record Cluster(Path home, Path program, Servant servant) {
    static final Map<String, String> ENVIRONMENT = Map.of("PATH", Tools.PATH, "LC_ALL", "C", "TZ", "UTC");
    private static final Duration INITDB = Duration.ofMinutes(3);
    private static final Duration SINGLE = Duration.ofMinutes(1);
    /** Loopback with a password is the only door. */
    private static final String DOORS = """
            local all all reject
            host all all 127.0.0.1/32 scram-sha-256
            """;

    Path data() {
        return home.resolve("data");
    }

    Path log() {
        return home.resolve("log");
    }

    /** The words that run one of the programs of Postgres as its servant. */
    List<String> words(String name, String... arguments) throws IOException {
        var words = new ArrayList<String>();
        words.add(program.resolve("bin").resolve(name).toString());
        words.addAll(List.of(arguments));
        return servant.command(words);
    }

    /** Makes what is missing: folders, password, cluster. Nothing may run in the cluster. Answers the superuser's password. */
    Secret prepare() throws IOException, InterruptedException {
        if (!Files.isDirectory(home)) {
            Files.createDirectory(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        servant.own(home);
        Folders.delete(home.resolve("data.init"));
        Path file = home.resolve("password");
        boolean known = Files.exists(file);
        Secret password = known ? new Secret(Files.readString(file).strip()) : Passwords.random();
        if (!Files.exists(data())) {
            writePassword(password);
            initialise();
        } else if (!known) {
            change(password);
            writePassword(password);
        }
        return password;
    }

    private void writePassword(Secret password) throws IOException {
        Folders.replace(home.resolve("password"), password.reveal());
        servant.own(home.resolve("password"));
    }

    private void initialise() throws IOException, InterruptedException {
        Path draft = home.resolve("data.init");
        var words = words(
                "initdb",
                "-D",
                draft.toString(),
                "-U",
                "postgres",
                "--pwfile=" + home.resolve("password"),
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions");
        run("initdb", Launch.of(words, ENVIRONMENT).within(INITDB), "");
        Files.writeString(draft.resolve("pg_hba.conf"), DOORS);
        servant.own(draft);
        Folders.publish(draft, data());
    }

    /** A new password for a cluster whose old one was lost: the single-user server asks for none. */
    private void change(Secret password) throws IOException, InterruptedException {
        var words = words(
                "postgres", "--single", "-D", data().toString(), "-c", "password_encryption=scram-sha-256", "postgres");
        run(
                "postgres --single",
                Launch.of(words, ENVIRONMENT).within(SINGLE),
                "ALTER ROLE postgres PASSWORD '" + password.reveal() + "'\n");
    }

    private static void run(String what, Launch launch, String input) throws IOException, InterruptedException {
        try (var child = Spawner.start(launch)) {
            try (var stdin = child.stdin()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            Exit exit = child.await();
            if (!exit.ok()) {
                throw new CannotStart("The embedded Postgres could not be prepared: " + what + " ended with code "
                        + exit.code() + ": " + exit.errors().strip());
            }
        }
    }
}
