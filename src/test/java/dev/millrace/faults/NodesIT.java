package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.Nginx;
import dev.millrace.testing.Reader;
import dev.millrace.testing.ServerProcess;
import dev.millrace.testing.SocketClient;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several servers as processes of their own over one Postgres and one Redis, one of which is killed while people read. */
class NodesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Map<String, Object> LONG = Map.of("options", Map.of("words", 600, "speed", 50));

    private final SqlConfig database = TestServices.freshDatabase();
    private final Path storage = TestHouse.dataFolder();
    private final List<Path> folders = new ArrayList<>();
    private final String secret = TestHouse.secret();
    private final Db db = Db.open(database);
    private ServerProcess maker;
    private ServerProcess other;

    @BeforeEach
    void open() {
        maker = node();
        other = node();
    }

    @AfterEach
    void close() {
        maker.close();
        other.close();
        List<Map<String, Object>> faults = db.read(
                tx -> tx.query("SELECT * FROM admin.ledger_check()").mapToMap().list());
        assertThat(faults).isEmpty();
        db.close();
        folders.forEach(TestServices::delete);
        TestServices.delete(storage);
    }

    @Test
    void aReaderOnAnotherNodeEndsWithTheWholeTextWhenTheOneThatMakesItIsKilled() {
        Api person = Api.signedUp(maker.address());
        String id = begun(person);
        Reader reader = Reader.follow(person.at(other.address()), id);
        try (var socket = SocketClient.open(person.at(other.address())).subscribe(id)) {
            reader.await(5, PATIENCE);

            maker.kill();

            reader.movedTo(person.at(other.address()));
            assertThat(reader.verdict(PATIENCE)).isEmpty();
            socket.awaitEvent(id, "completed", PATIENCE);
            JsonNode row = person.at(other.address())
                    .get("/v1/generations/" + id)
                    .expect(200)
                    .json();
            assertThat(socket.check(id).compare(row)).isEmpty();
            assertThat(row.path("status").asText()).isEqualTo("completed");
        }
    }

    @Test
    void theSameThroughNginxWhicheverNodeServes() {
        try (var nginx = Nginx.inFrontOf(List.of(maker.address(), other.address()))) {
            Api person = Api.signedUp(maker.address());
            Api outside = person.at(nginx.address());
            String id = begun(person);
            var readers = new ArrayList<Reader>();
            for (int i = 0; i < 6; i++) {
                readers.add(Reader.follow(outside, id));
            }
            var socket = new StubbornSocket(outside, id);
            readers.forEach(reader -> reader.await(5, PATIENCE));

            maker.kill();

            for (Reader reader : readers) {
                assertThat(reader.verdict(PATIENCE)).isEmpty();
            }
            JsonNode row = outside.get("/v1/generations/" + id).expect(200).json();
            assertThat(socket.ended().compare(row)).isEmpty();
            assertThat(readers.stream().mapToInt(Reader::connections).sum())
                    .as("some were served by the node that was killed")
                    .isGreaterThan(readers.size());
        }
    }

    @Test
    void eventsPassNginxOneByOneThoughItBuffers() {
        try (var nginx = Nginx.inFrontOf(List.of(maker.address()))) {
            Api outside = Api.signedUp(maker.address()).at(nginx.address());
            String id = outside.generate("text", "slow words", Map.of("options", Map.of("words", 600, "speed", 10)))
                    .path("id")
                    .asText();
            int early = 0;
            try (Api.Stream stream = outside.events(id, null)) {
                for (SseReader.Event event = stream.events().next();
                        event != null && early <= 10;
                        event = stream.events().next()) {
                    boolean running = outside.get("/v1/generations/" + id)
                            .json()
                            .path("status")
                            .asText()
                            .equals("running");
                    early += running && event.event().equals("delta") ? 1 : 0;
                }
            }
            assertThat(early).as("events that came while it was being made").isGreaterThan(10);
            outside.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);
        }
    }

    private static String begun(Api person) {
        return person.generate("text", "a long story", LONG).path("id").asText();
    }

    private ServerProcess node() {
        Path folder = TestHouse.dataFolder();
        folders.add(folder);
        return ServerProcess.start(
                folder,
                List.of(),
                Map.of(
                        "MILLRACE_DATABASE_URL",
                        database.url()
                                .replace(
                                        "jdbc:postgresql://",
                                        "postgresql://" + database.user() + ":"
                                                + database.password().reveal() + "@"),
                        "MILLRACE_REDIS_URL",
                        TestServices.redisUrl(),
                        "MILLRACE_SECRET",
                        secret,
                        "MILLRACE_STORAGE",
                        storage.resolve("media").toString()));
    }

    /** A client that opens another socket whenever one is lost, and resumes. */
    private static final class StubbornSocket {
        private final Api place;
        private final String id;
        private final StreamCheck check = new StreamCheck();
        private final Thread thread;

        StubbornSocket(Api place, String id) {
            this.place = place;
            this.id = id;
            this.thread = Thread.ofVirtual().start(this::run);
        }

        StreamCheck ended() {
            try {
                if (!thread.join(PATIENCE)) {
                    throw new AssertionError("the socket's reader did not end; last " + check.lastId());
                }
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
            return check;
        }

        private void run() {
            while (!check.ended()) {
                try (var socket = SocketClient.open(place)) {
                    String last = check.lastId();
                    if (last == null) {
                        socket.subscribe(id);
                    } else {
                        socket.subscribe(id, last);
                    }
                    socket.awaitEnd(id, PATIENCE);
                    socket.tell(id, check);
                } catch (CompletionException away) {
                    // the node behind is gone and nginx has not found out yet
                }
            }
        }
    }
}
