package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two hundred at once: exactly as many get in as the balance, or the window, allows. */
class OverspendIT {
    private static final int CALLERS = 200;
    private static final String WISH =
            "{\"kind\":\"image\",\"prompt\":\"one of many\",\"options\":{\"width\":128,\"height\":128}}";

    /** Who was counted by the node alone, because Redis seemed away while this machine stood still; the node says so. */
    private static final AtomicInteger DEGRADED = new AtomicInteger();

    private static TestHouse house;

    @BeforeAll
    static void open() {
        house = TestHouse.open();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @Test
    void creditsForTenLetTenIn() throws Exception {
        Api person = onPlan("no-windows", null, 10);

        Map<String, Integer> answers = all(person);

        // which of the two depends on how many of the ten are over by then
        int refused = answers.getOrDefault("402 balance", 0) + answers.getOrDefault("402 in_flight", 0);
        assertThat(answers).containsEntry("202", 10);
        assertThat(refused).isEqualTo(190);
        settled(person, 10, 0);
    }

    @Test
    void sixtyAMinuteLetSixtyIn() throws Exception {
        Api person = onPlan("sixty", 60L, 200);

        Map<String, Integer> answers = all(person);

        int made = answers.get("202");
        if (DEGRADED.get() == 0) {
            assertThat(made).isEqualTo(60);
        } else {
            assertThat(made).isBetween(60, 2 * 60); // alone it lets in one quota more at most
        }
        assertThat(answers).isEqualTo(Map.of("202", made, "429", CALLERS - made));
        settled(person, made, 200 - made);
    }

    private static Api onPlan(String plan, Long perMinute, long credits) {
        house.db()
                .run(tx -> tx.update("""
                        INSERT INTO plan (id, name, per_minute, per_day, running, once_micros, storage_bytes)
                        VALUES (:plan, :plan, :perMinute, NULL, 100, :credits * 1000000, 1000000000)""")
                        .bind("plan", plan)
                        .bind("perMinute", perMinute)
                        .bind("credits", credits)
                        .execute());
        Api person = house.person();
        String id = person.get("/v1/me").expect(200).json().path("id").asText();
        house.db()
                .run(tx -> tx.update("UPDATE account SET plan = :plan WHERE id = :id")
                        .bind("plan", plan)
                        .bind("id", java.util.UUID.fromString(id))
                        .execute());
        Waiting.until(
                "the plan in effect",
                Duration.ofSeconds(10),
                () -> person.get("/v1/usage").json().path("plan").toString().contains(plan));
        return person;
    }

    /** Opens all connections first, then lets all requests go at once; answers how often each answer came. */
    private static Map<String, Integer> all(Api person) throws Exception {
        DEGRADED.set(0);
        var go = new CountDownLatch(1);
        var connected = new CountDownLatch(CALLERS);
        var calls = new ArrayList<Future<String>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                calls.add(threads.submit(() -> call(person, connected, go)));
            }
            assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
            go.countDown();
            var answers = new TreeMap<String, Integer>();
            for (Future<String> call : calls) {
                answers.merge(call.get(60, TimeUnit.SECONDS), 1, Integer::sum);
            }
            return answers;
        }
    }

    private static String call(Api person, CountDownLatch connected, CountDownLatch go) throws Exception {
        try (Socket socket = connect(person)) {
            connected.countDown();
            go.await();
            String answer = ask(person, socket);
            for (int again = 0;
                    answer.equals("503") && again < 500;
                    again++) { // too many in line for the database; it says when to come again
                try (Socket next = connect(person)) {
                    answer = ask(person, next);
                }
            }
            return answer;
        }
    }

    private static Socket connect(Api person) throws IOException {
        var socket = new Socket(person.base().getHost(), person.base().getPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static String ask(Api person, Socket socket) throws IOException {
        String request =
                "POST /v1/generations HTTP/1.1\r\nHost: " + person.base().getAuthority() + "\r\nAuthorization: Bearer "
                        + person.token() + "\r\nContent-Type: application/json\r\nContent-Length: " + WISH.length()
                        + "\r\nConnection: close\r\n\r\n" + WISH;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return answer(new BufferedInputStream(socket.getInputStream()));
    }

    private static String answer(InputStream in) throws IOException {
        String status = line(in).split(" ", -1)[1];
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
            if (header.toLowerCase(java.util.Locale.ROOT).startsWith("ratelimit-policy:")
                    && header.contains("degraded")) {
                DEGRADED.incrementAndGet();
            }
        }
        JsonNode body = Api.JSON.readTree(in.readNBytes(length));
        return status.equals("402") ? status + " " + body.path("reason").asText() : status;
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Once all are done: what was spent is what was made, nothing is held, and the books agree. */
    private static void settled(Api person, int made, int left) {
        Waiting.until("all pictures", Duration.ofMinutes(2), () -> {
            JsonNode credits = person.get("/v1/usage").json().path("credits");
            return credits.path("held").decimalValue().signum() == 0;
        });
        JsonNode credits = person.get("/v1/usage").json().path("credits");
        assertThat(credits.path("balance").decimalValue()).isEqualByComparingTo(BigDecimal.valueOf(left));
        List<JsonNode> charges = new ArrayList<>();
        person.get("/v1/ledger?limit=100").expect(200).json().path("data").forEach(line -> {
            if (line.path("amount").decimalValue().signum() < 0) {
                charges.add(line);
            }
        });
        assertThat(charges).hasSize(made);
        assertThat(house.ledgerFaults()).isEmpty();
    }
}
