package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.TestHouse;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that is told to stop, while somebody sends slowly and a job takes longer than it may. */
@Tag("alone")
class DrainingIT {
    private static final Duration GRACE = Duration.ofSeconds(4);

    @Test
    void requestsAndJobsHaveTheirTimeSideBySide() throws Exception {
        try (var house = TestHouse.open()) {
            Api person = house.person();
            String id = person.generate("text", "a long story", Map.of("options", Map.of("words", 2_000, "speed", 20)))
                    .path("id")
                    .asText();
            try (var stream = person.events(id, null);
                    var slow = new Socket(
                            house.address().getHost(), house.address().getPort())) {
                SseReader.Event event = stream.events().next();
                while (event != null && !event.event().equals("delta")) {
                    event = stream.events().next();
                }
                assertThat(event).isNotNull();
                beginToSend(slow, person);

                long begun = System.nanoTime();
                house.app().drain(GRACE);

                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isBetween(GRACE, GRACE.multipliedBy(2).minusMillis(500));
            }
            int kept = house.db()
                    .read(tx -> tx.query("SELECT count(*) FROM job WHERE node IS NOT NULL")
                            .mapTo(Integer.class)
                            .one());
            assertThat(kept).as("jobs that were not given back").isZero();
        }
    }

    /** The server waits for a body of which nothing comes. */
    private static void beginToSend(Socket slow, Api person) throws Exception {
        slow.setSoTimeout(10_000);
        String head =
                "POST /v1/generations HTTP/1.1\r\nHost: " + person.base().getAuthority() + "\r\nAuthorization: Bearer "
                        + person.token() + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
                        + "Expect: 100-continue\r\n\r\n";
        slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        var answers = new BufferedReader(new InputStreamReader(slow.getInputStream(), StandardCharsets.US_ASCII));
        assertThat(answers.readLine()).contains(" 100 ");
    }
}
