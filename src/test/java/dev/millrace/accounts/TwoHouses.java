package dev.millrace.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.Api.Answer;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Two nodes over one database, and what people do there. */
final class TwoHouses implements AutoCloseable {
    private static final AtomicInteger PEOPLE = new AtomicInteger();

    private final String secret = TestHouse.secret();
    private final SqlConfig database = TestServices.freshDatabase();
    final TestHouse house = TestHouse.open(Map.of(), InstantSource.system(), database, secret);
    final TestHouse other = TestHouse.open(Map.of(), InstantSource.system(), database, secret);
    final Api anybody = Api.anonymous(house.address());

    void refusedWithinASecond(Api person) {
        Waiting.until(
                "the token is refused",
                Duration.ofSeconds(1),
                () -> person.get("/v1/me").status() == 401);
    }

    void becomes(Api person, int status) {
        Waiting.until(
                "the answer " + status,
                Duration.ofSeconds(1),
                () -> person.get("/v1/me").status() == status);
    }

    JsonNode signUp(String email) {
        return anybody.send("POST", "/v1/accounts", credentials(email), Map.of())
                .expect(201)
                .json();
    }

    Answer signIn(String email, String password) {
        return anybody.post("/v1/sessions", Map.of("email", email, "password", password));
    }

    Answer refresh(String token) {
        return anybody.post("/v1/tokens", Map.of("refresh_token", token));
    }

    String email() {
        return "person" + PEOPLE.incrementAndGet() + "@example.com";
    }

    void sql(String statement) {
        house.db().run(tx -> tx.execute(statement));
    }

    String text(String query) {
        return house.db().read(tx -> tx.query(query).mapTo(String.class).one());
    }

    static String credentials(String email) {
        return "{\"email\":\"" + email + "\",\"password\":\"" + Api.PASSWORD + "\"}";
    }

    static List<String> fields(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Override
    public void close() {
        other.close();
        house.close();
    }
}
