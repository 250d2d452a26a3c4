package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Api.Answer;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Sessions over HTTP, on two nodes over one database. */
class SessionRoutesIT {
    private static final TwoHouses TWO = new TwoHouses();

    @AfterAll
    static void close() {
        TWO.close();
    }

    @Test
    void aRefreshTokenIsExchangedInTheBody() {
        JsonNode set = TWO.signUp(TWO.email());

        JsonNode next =
                TWO.refresh(set.path("refresh_token").asText()).expect(200).json();

        assertThat(next.path("refresh_token")).isNotEqualTo(set.path("refresh_token"));
        assertThat(next.path("session_id")).isEqualTo(set.path("session_id"));
        TWO.anybody.with(next.path("access_token").asText()).get("/v1/me").expect(200);
    }

    @Test
    void aReusedRefreshTokenCutsTheAccessTokensOfItsFamilyOnEveryNode() {
        JsonNode set = TWO.signUp(TWO.email());
        String first = set.path("refresh_token").asText();
        JsonNode second = TWO.refresh(first).expect(200).json();
        JsonNode third =
                TWO.refresh(second.path("refresh_token").asText()).expect(200).json();
        Api here = TWO.anybody.with(third.path("access_token").asText());
        here.get("/v1/me").expect(200);
        here.at(TWO.other.address()).get("/v1/me").expect(200);

        Answer reused = TWO.refresh(first).expect(401);

        assertThat(reused.code()).isEqualTo("refresh_reused");
        assertThat(here.get("/v1/me").expect(401).code()).isEqualTo("invalid_token");
        TWO.refusedWithinASecond(here.at(TWO.other.address()));
    }

    @Test
    void theCookieCarriesTheRefreshTokenAndTheBodyDoesNot() {
        String email = TWO.email();
        TWO.signUp(email);
        Answer signedIn =
                TWO.anybody.post("/v1/sessions", Map.of("email", email, "password", Api.PASSWORD, "cookie", true));

        assertThat(TwoHouses.fields(signedIn.expect(201).json()))
                .containsExactly("access_token", "token_type", "expires_in", "session_id");
        String cookie = signedIn.header("Set-Cookie");
        assertThat(cookie)
                .startsWith("__Host-refresh=")
                .contains("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000")
                .doesNotContain("Domain");
        Answer turned = TWO.anybody.send("POST", "/v1/tokens", "{}", Map.of("Cookie", pair(cookie)));

        assertThat(turned.expect(200).json().has("refresh_token")).isFalse();
        assertThat(pair(turned.header("Set-Cookie"))).isNotEqualTo(pair(cookie));
    }

    @Test
    void aCookieThatIsRefusedIsTakenAway() {
        Answer refused = TWO.anybody.send(
                "POST",
                "/v1/tokens",
                "{}",
                Map.of("Cookie", "__Host-refresh=" + RefreshToken.random().text()));

        assertThat(refused.expect(401).code()).isEqualTo("invalid_token");
        assertThat(refused.header("Set-Cookie")).startsWith("__Host-refresh=;").contains("Max-Age=0");
        TWO.anybody.post("/v1/tokens", "{}").expect(401);
        TWO.anybody
                .send("POST", "/v1/tokens", "{}", Map.of("Cookie", "__Host-refresh=a; __Host-refresh=b"))
                .expect(401);
    }

    @Test
    void signingOutCutsTheAccessTokenWithinASecondOnEveryNode() {
        JsonNode set = TWO.signUp(TWO.email());
        Api person = TWO.anybody.with(set.path("access_token").asText());
        person.at(TWO.other.address()).get("/v1/me").expect(200);

        Answer out = person.delete("/v1/sessions/current").expect(204);

        assertThat(out.header("Set-Cookie")).contains("Max-Age=0");
        person.get("/v1/me").expect(401);
        TWO.refusedWithinASecond(person.at(TWO.other.address()));
        assertThat(TWO.refresh(set.path("refresh_token").asText()).expect(401).code())
                .isEqualTo("invalid_token");
    }

    @Test
    void noOtherSpellingOfATokenSurvivesSigningOut() {
        Api person = TWO.house.person();
        String token = person.token();
        person.delete("/v1/sessions/current").expect(204);

        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int i = 0; i < alphabet.length(); i++) {
            char last = alphabet.charAt(i);
            TWO.anybody
                    .with(token.substring(0, token.length() - 1) + last)
                    .get("/v1/me")
                    .expect(401);
        }
        TWO.anybody.with(token + "==").get("/v1/me").expect(401);
    }

    @Test
    void aSessionIsRevokedByItsOwnerAlone() {
        String email = TWO.email();
        JsonNode mine = TWO.signUp(email);
        JsonNode phone = TWO.signIn(email, Api.PASSWORD).expect(201).json();
        Api me = TWO.anybody.with(mine.path("access_token").asText());
        Api stranger = TWO.house.person();
        String path = "/v1/sessions/" + phone.path("session_id").asText();

        stranger.delete(path).expect(404);
        TWO.anybody.with(phone.path("access_token").asText()).get("/v1/me").expect(200);
        me.delete(path).expect(204);

        TWO.anybody.with(phone.path("access_token").asText()).get("/v1/me").expect(401);
        me.delete(path).expect(404);
        me.delete("/v1/sessions/not-an-id").expect(404);
        me.get("/v1/me").expect(200);
    }

    @Test
    void signingOutEverywhereEndsAllSessions() {
        String email = TWO.email();
        JsonNode mine = TWO.signUp(email);
        JsonNode phone = TWO.signIn(email, Api.PASSWORD).expect(201).json();

        TWO.anybody
                .with(mine.path("access_token").asText())
                .delete("/v1/sessions")
                .expect(204);

        TWO.anybody.with(mine.path("access_token").asText()).get("/v1/me").expect(401);
        TWO.anybody.with(phone.path("access_token").asText()).get("/v1/me").expect(401);
        TWO.refresh(phone.path("refresh_token").asText()).expect(401);
    }

    @Test
    void theListOfSessionsComesInPages() {
        String email = TWO.email();
        JsonNode mine = TWO.signUp(email);
        for (int i = 0; i < 4; i++) {
            TWO.anybody
                    .send("POST", "/v1/sessions", TwoHouses.credentials(email), Map.of("User-Agent", "Phone " + i))
                    .expect(201);
        }
        Api me = TWO.anybody.with(mine.path("access_token").asText());

        JsonNode first = me.get("/v1/sessions?limit=3").expect(200).json();
        JsonNode second = me.get("/v1/sessions?limit=3&cursor="
                        + first.path("next_cursor").asText())
                .expect(200)
                .json();

        assertThat(first.path("data").findValuesAsText("user_agent")).containsExactly("Phone 3", "Phone 2", "Phone 1");
        assertThat(second.path("data")).hasSize(2);
        assertThat(second.path("next_cursor").isNull()).isTrue();
        assertThat(second.path("data").get(1).path("current").asBoolean()).isTrue();
        assertThat(TwoHouses.fields(second.path("data").get(1)))
                .containsExactly("id", "user_agent", "address", "created_at", "last_seen_at", "expires_at", "current");
        me.get("/v1/sessions?limit=0").expect(400);
        me.get("/v1/sessions?cursor=x").expect(400);
    }

    @Test
    void tokensOutliveTheServerThatMadeThemAndRevocationsToo() {
        var database = TestServices.freshDatabase();
        String secret = TestHouse.secret();
        String token;
        String gone;
        try (TestHouse house = TestHouse.open(Map.of(), InstantSource.system(), database, secret)) {
            token = house.person().token();
            Api left = house.person();
            left.delete("/v1/sessions/current").expect(204);
            gone = left.token();
        }
        try (TestHouse again = TestHouse.open(Map.of(), InstantSource.system(), database, secret)) {
            Api.anonymous(again.address()).with(token).get("/v1/me").expect(200);
            Api.anonymous(again.address()).with(gone).get("/v1/me").expect(401);
        }
    }

    private static String pair(@Nullable String cookie) {
        return String.valueOf(cookie).split(";", 2)[0];
    }
}
