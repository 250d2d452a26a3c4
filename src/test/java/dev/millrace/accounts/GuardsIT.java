package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Api;
import dev.millrace.testing.Api.Answer;
import dev.millrace.testing.TestHouse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Guessing is slowed down for whoever guesses, and for nobody else. */
class GuardsIT {
    private static final AtomicInteger ADDRESSES = new AtomicInteger();
    private static TestHouse house;
    private static Api anybody;

    @BeforeAll
    static void open() {
        house = TestHouse.open(Map.of("MILLRACE_TRUSTED_PROXIES", "127.0.0.1/32"));
        anybody = Api.anonymous(house.address());
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @Test
    void strangersWhoGuessAreStoppedAndTheOwnerStillGetsInAtHome() {
        String home = address();
        String body = body("owner@example.com", Api.PASSWORD);
        from(home, "/v1/accounts", body).expect(201);
        amount("sign_in_account", 4);

        Answer stopped = guessUntilStopped("owner@example.com");

        assertThat(stopped.code()).isEqualTo("rate_limited");
        assertThat(Integer.parseInt(String.valueOf(stopped.header("Retry-After"))))
                .isBetween(1, 60);
        assertThat(from(address(), "/v1/sessions", body).status()).isEqualTo(429);
        from(home, "/v1/sessions", body).expect(201);
    }

    @Test
    void whoGuessesAtAnAccountThatIsNotThereIsStoppedJustTheSame() {
        amount("sign_in_account", 4);

        assertThat(guessUntilStopped("nobody@example.com").code()).isEqualTo("rate_limited");
    }

    @Test
    void anAddressIsStoppedBeforeItsBodyIsRead() {
        amount("sign_in", 3);
        amount("sign_up", 3);
        String crowd = address();

        assertThat(repeatUntilStopped(crowd, "/v1/sessions").code()).isEqualTo("rate_limited");
        assertThat(repeatUntilStopped(crowd, "/v1/accounts").code()).isEqualTo("rate_limited");
        from(address(), "/v1/sessions", "{}").expect(400);
        amount("sign_in", 1_000_000);
        amount("sign_up", 1_000_000);
    }

    /** Whoever has one address of IPv6 has all of its network; the sessions they begin show the address itself. */
    @Test
    void aNetworkOfSixIsStoppedWhateverAddressesOfItAreUsed() {
        amount("sign_in", 3);
        amount("sign_up", 3);
        for (String path : List.of("/v1/sessions", "/v1/accounts")) {
            assertThat(until(() -> from(inNetwork(7), path, "{}"), 400).code()).isEqualTo("rate_limited");
            from(inNetwork(8), path, "{}").expect(400);
        }
        amount("sign_in", 1_000_000);
        amount("sign_up", 1_000_000);
        Answer made = from("2001:db8:0:9::abc", "/v1/accounts", body("six@example.com", Api.PASSWORD))
                .expect(201);
        String shown = house.db()
                .read(tx -> tx.query("SELECT address FROM session WHERE id = CAST(:id AS uuid)")
                        .bind("id", made.json().path("session_id").asText())
                        .mapTo(String.class)
                        .one());
        assertThat(shown).isEqualTo("2001:db8:0:9:0:0:0:abc");
    }

    /** A wrong password each time, each from another address. */
    private static Answer guessUntilStopped(String email) {
        return until(() -> from(address(), "/v1/sessions", body(email, "wrong guess")), 401);
    }

    private static Answer repeatUntilStopped(String address, String path) {
        return until(() -> from(address, path, "{}"), 400);
    }

    /** New amounts count within five seconds, so the first of them may still be let through. */
    private static Answer until(Supplier<Answer> attempt, int before) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < end) {
            Answer answer = attempt.get();
            if (answer.status() == 429) {
                return answer;
            }
            answer.expect(before);
        }
        throw new AssertionError("nobody was stopped");
    }

    private static void amount(String guard, long amount) {
        house.db()
                .run(tx -> tx.update("UPDATE rate_guard SET amount = :amount WHERE name = :guard")
                        .bind("amount", amount)
                        .bind("guard", guard)
                        .execute());
    }

    private static Answer from(String address, String path, String body) {
        return anybody.send("POST", path, body, Map.of("X-Forwarded-For", address));
    }

    private static String body(String email, String password) {
        return "{\"email\":\"" + email + "\",\"password\":\"" + password + "\"}";
    }

    private static String inNetwork(int network) {
        return "2001:db8:0:" + network + "::" + Integer.toHexString(ADDRESSES.incrementAndGet());
    }

    private static String address() {
        int number = ADDRESSES.incrementAndGet();
        return "198.51." + number / 250 + "." + (1 + number % 250);
    }
}
