package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.LedgerCheck;
import dev.millrace.testing.Reader;
import dev.millrace.testing.ServerProcess;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One data folder, one account, and servers on it that come and go. */
final class CrashStage implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(90);

    private final Path folder = TestHouse.dataFolder();
    private final Map<String, String> settings;
    private @Nullable ServerProcess server;
    private @Nullable Api api;

    CrashStage(Map<String, String> settings) {
        this.settings = settings;
    }

    /** Starts a server; {@code killPoint} is {@code name:arrival}, or null for one that nobody kills. */
    Api start(@Nullable String killPoint) {
        return startWith(killPoint == null ? List.of() : List.of(killPoint));
    }

    /** Starts a server in which threads will stand at several places, each {@code name:arrival}. */
    Api startWith(List<String> killPoints) {
        if (server != null) {
            server.close(); // what a failed test left
        }
        killPoints.forEach(killPoint -> forget(marker(killPoint)));
        List<String> flags = killPoints.isEmpty()
                ? List.of()
                : List.of(killPoints.stream()
                        .map(killPoint -> killPoint + ":" + marker(killPoint))
                        .collect(Collectors.joining(",", "-Dmillrace.killpoint=", "")));
        var started = ServerProcess.start(folder, flags, settings);
        server = started;
        Api present = api;
        if (present == null) {
            present = Api.signedUp(started.address());
            LedgerCheck.change(folder, "UPDATE plan SET running = 50, per_minute = NULL, per_day = NULL");
            LedgerCheck.rows(folder, "SELECT admin.grant(email, 100000, 'crash test') FROM account");
        }
        api = present.at(started.address());
        return api;
    }

    /** Waits until a thread stands at the kill point. */
    void awaitArrival(String killPoint) {
        Waiting.until("a thread at " + killPoint, LONG, () -> arrived(killPoint));
    }

    boolean arrived(String killPoint) {
        return Files.exists(marker(killPoint));
    }

    /** Waits until so many threads stand at the kill point; more would be one too many. */
    void awaitArrivals(String killPoint, int many) {
        try {
            Waiting.until(many + " threads at " + killPoint, LONG, () -> arrivals(killPoint) >= many);
        } catch (AssertionError late) {
            throw new AssertionError(
                    arrivals(killPoint) + " arrived\n" + running().log(), late);
        }
        assertThat(arrivals(killPoint)).as(killPoint).isEqualTo(many);
    }

    private int arrivals(String killPoint) {
        try {
            return arrived(killPoint) ? Files.readAllLines(marker(killPoint)).size() : 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * SIGKILL; every child of the server must go too. How fast they go is measured where nothing else runs; here their idle
     * priority may keep them waiting for a processor to die on.
     */
    void kill() {
        ServerProcess running = running();
        List<ProcessHandle> children =
                ProcessHandle.of(running.pid()).orElseThrow().descendants().toList();
        running.kill();
        Waiting.until(
                "the children's end",
                Duration.ofSeconds(30),
                () -> children.stream().noneMatch(CrashStage::runsStill));
    }

    /** Ends the server in order. */
    void stop() {
        assertThat(running().stop()).as("exit code\n%s", running().log()).isZero();
    }

    /** What must hold once everything has ended: the books, the holds, the jobs. */
    void assertSettled() {
        assertThat(LedgerCheck.faults(folder)).isEmpty();
        Waiting.until("no open hold", LONG, () -> count("SELECT count(*) AS n FROM hold WHERE state = 'open'") == 0);
        try {
            Waiting.until("no job left", LONG, () -> count("SELECT count(*) AS n FROM job WHERE state <> 'dead'") == 0);
        } catch (AssertionError late) {
            throw new AssertionError("jobs are left: " + LedgerCheck.rows(folder, "SELECT * FROM job"), late);
        }
        // who was killed in each of its attempts is given up, paid back and kept for the operator
        assertThat(LedgerCheck.rows(folder, "SELECT * FROM job WHERE state = 'dead'"))
                .allSatisfy(job -> assertThat(job)
                        .containsEntry("kind", "generation")
                        .containsEntry("last_error", "the process ended during each attempt")
                        .containsEntry("attempt", job.get("max_attempts")));
        assertThat(count(
                        "SELECT count(*) AS n FROM generation WHERE status NOT IN ('completed', 'failed', 'canceled')"))
                .isZero();
    }

    List<Map<String, Object>> rows(String sql) {
        return LedgerCheck.rows(folder, sql);
    }

    void change(String sql) {
        LedgerCheck.change(folder, sql);
    }

    long count(String sql) {
        return ((Number) LedgerCheck.rows(folder, sql).getFirst().get("n")).longValue();
    }

    /**
     * Follows a generation once more, as somebody who heard so much of it and then was away, or nothing, and answers what is wrong
     * with all that he has heard in the end.
     */
    List<String> replay(String generation, List<SseReader.Event> heard) {
        var check = new StreamCheck();
        heard.forEach(check::saw);
        Api now = java.util.Objects.requireNonNull(api);
        try (var stream = now.events(generation, check.lastId())) {
            if (stream.status() != 204) {
                for (var event = stream.events().next();
                        event != null;
                        event = stream.events().next()) {
                    check.saw(event);
                }
            }
        }
        return check.compare(now.get("/v1/generations/" + generation).json());
    }

    /** Waits for the end of each reader and collects what they found wrong. */
    List<String> verdicts(List<Reader> readers) {
        var faults = new ArrayList<String>();
        for (Reader reader : readers) {
            faults.addAll(reader.verdict(LONG));
        }
        return faults;
    }

    String status(String generation) {
        return java.util.Objects.requireNonNull(api)
                .get("/v1/generations/" + generation)
                .expect(200)
                .json()
                .path("status")
                .asText();
    }

    JsonNode latest() {
        return java.util.Objects.requireNonNull(api)
                .get("/v1/generations?limit=1")
                .expect(200)
                .json()
                .path("data");
    }

    ServerProcess running() {
        return java.util.Objects.requireNonNull(server);
    }

    @Override
    public void close() {
        if (server != null && server.alive()) {
            kill(); // a database that is still going away writes into the folder
        }
        TestServices.delete(folder);
    }

    /** Where a server of an earlier life arrived says nothing of the next. */
    private static void forget(Path marker) {
        try {
            Files.deleteIfExists(marker);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path marker(String killPoint) {
        return folder.resolve("reached-" + killPoint.replace(':', '-'));
    }

    private static boolean runsStill(ProcessHandle child) {
        if (!child.isAlive()) {
            return false;
        }
        try {
            String state = Files.readString(Path.of("/proc/" + child.pid() + "/stat"));
            return state.charAt(state.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }
}
