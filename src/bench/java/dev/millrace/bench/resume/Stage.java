package dev.millrace.bench.resume;

import dev.millrace.bench.resume.witness.Truth;
import dev.millrace.platform.embedded.EmbeddedPostgres;
import dev.millrace.platform.embedded.MortalServices;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Four servers over one Postgres, one Redis and one storage folder: one only serves, one only works, two do both. */
final class Stage implements AutoCloseable {
    private static final Map<String, String> ROLES =
            Map.of("api", "api", "worker", "worker", "both-1", "all", "both-2", "all");

    private final MortalServices services;
    private final Truth truth;
    private final List<Member> members = new ArrayList<>();

    private Stage(MortalServices services) {
        this.services = services;
        EmbeddedPostgres.Login login = services.login();
        this.truth = new Truth(login.url(), login.user(), login.password().reveal());
    }

    /** Starts everything under a folder; {@code programs} are unpacked ones, or null. */
    static Stage open(Path folder, Path programs, Launcher launcher) throws Exception {
        var stage = new Stage(MortalServices.start(home(folder, "services", programs)));
        try {
            stage.join(folder, programs, launcher);
            return stage;
        } catch (Exception failure) {
            stage.close();
            throw failure;
        }
    }

    MortalServices services() {
        return services;
    }

    Truth truth() {
        return truth;
    }

    List<Member> members() {
        return members;
    }

    Member member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** One of the servers that clients reach, running or not: a client does not know either. */
    Member door(Random random) {
        List<Member> doors = members.stream().filter(Member::serves).toList();
        return doors.get(random.nextInt(doors.size()));
    }

    @Override
    public void close() {
        List<Thread> ending = members.stream()
                .map(member -> Thread.ofVirtual().start(member::stop))
                .toList();
        try {
            for (Thread end : ending) {
                end.join();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        services.close();
    }

    private void join(Path folder, Path programs, Launcher launcher) throws Exception {
        byte[] secret = new byte[48];
        new SecureRandom().nextBytes(secret);
        EmbeddedPostgres.Login login = services.login();
        String database = login.url()
                .replace(
                        "jdbc:postgresql://",
                        "postgresql://" + login.user() + ":" + login.password().reveal() + "@");
        for (String name : List.of("both-1", "both-2", "api", "worker")) {
            int port = freePort();
            members.add(new Member(
                    name,
                    launcher,
                    home(folder, name, programs),
                    URI.create("http://127.0.0.1:" + port),
                    new HashMap<>(Map.of(
                            "MILLRACE_ROLE", ROLES.get(name),
                            "MILLRACE_PORT", String.valueOf(port),
                            "MILLRACE_DATABASE_URL", database,
                            "MILLRACE_REDIS_URL", services.redisUrl(),
                            "MILLRACE_SECRET", Base64.getEncoder().encodeToString(secret),
                            "MILLRACE_STORAGE", folder.resolve("media").toString()))));
        }
        members.getFirst().start(); // it makes the tables
        var starting = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Member member : members.subList(1, members.size())) {
                starting.add(threads.submit(() -> {
                    member.start();
                    return null;
                }));
            }
        }
        for (Future<?> start : starting) {
            start.get();
        }
        truth.change("UPDATE rate_guard SET amount = 1000000");
        truth.change("UPDATE plan SET running = 1000, per_minute = NULL, per_day = NULL");
    }

    private static Path home(Path folder, String name, Path programs) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.createSymbolicLink(home.resolve("programs"), Files.createDirectories(programs));
        return home;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
