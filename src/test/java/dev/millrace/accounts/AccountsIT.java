package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.Api.Answer;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Accounts and sessions over HTTP, on two nodes over one database. */
class AccountsIT {
    private static final String SECRET = TestHouse.secret();
    private static final SqlConfig DATABASE = TestServices.freshDatabase();
    private static final TestHouse HOUSE = TestHouse.open(Map.of(), InstantSource.system(), DATABASE, SECRET);
    private static final TestHouse OTHER = TestHouse.open(Map.of(), InstantSource.system(), DATABASE, SECRET);
    private static final Api ANYBODY = Api.anonymous(HOUSE.address());
    private static int people;

    @AfterAll
    static void close() {
        OTHER.close();
        HOUSE.close();
    }

    @Test
    void signingUpMakesAnAccountAndASession() {
        Answer answer = ANYBODY.post(
                "/v1/accounts", Map.of("email", " Ada@Example.COM ", "password", Api.PASSWORD, "name", " Ada "));

        JsonNode made = answer.expect(201).json();
        assertThat(fields(made))
                .containsExactly("account", "access_token", "token_type", "expires_in", "refresh_token", "session_id");
        assertThat(fields(made.path("account")))
                .containsExactly("id", "email", "name", "role", "plan", "email_verified", "created_at");
        assertThat(made.path("account").path("email").asText()).isEqualTo("ada@example.com");
        assertThat(made.path("account").path("name").asText()).isEqualTo("Ada");
        assertThat(made.path("account").path("role").asText()).isEqualTo("user");
        assertThat(made.path("account").path("plan").asText()).isEqualTo("free");
        assertThat(made.path("expires_in").asInt()).isEqualTo(900);
        assertThat(answer.header("Cache-Control")).contains("no-store");
        JsonNode me = ANYBODY.with(made.path("access_token").asText())
                .get("/v1/me")
                .expect(200)
                .json();
        assertThat(me).isEqualTo(made.path("account"));
    }

    @Test
    void anAddressHasOneAccountHoweverItIsWritten() {
        String email = email();
        signUp(email);

        Answer again =
                ANYBODY.post("/v1/accounts", Map.of("email", email.toUpperCase(Locale.ROOT), "password", Api.PASSWORD));

        assertThat(again.expect(409).code()).isEqualTo("conflict");
    }

    @Test
    void whatCannotBeUsedIsPointedAt() {
        Answer answer = ANYBODY.post("/v1/accounts", Map.of("email", "ada", "password", "short"));

        assertThat(answer.expect(400).json().path("errors").findValuesAsText("pointer"))
                .containsExactly("/email", "/password");
        assertThat(pointer(Map.of("email", email(), "password", "x".repeat(129))))
                .isEqualTo("/password");
        assertThat(pointer(Map.of("email", email(), "password", "password1"))).isEqualTo("/password");
        assertThat(pointer(Map.of("email", email(), "password", Api.PASSWORD, "name", "\ufb2c".repeat(90))))
                .isEqualTo("/name");
        assertThat(pointer(Map.of("email", email(), "password", Api.PASSWORD, "name", "n".repeat(101))))
                .isEqualTo("/name");
        assertThat(pointer(Map.of("email", email(), "password", Api.PASSWORD, "role", "admin")))
                .isEqualTo("/role");
        assertThat(pointer(Map.of("email", email(), "password", Api.PASSWORD, "credits", 1_000_000)))
                .isEqualTo("/credits");
        assertThat(pointer(Map.of("email", email(), "password", "nul\0nul\0nul")))
                .isEqualTo("/password");
        assertThat(pointer(Map.of("password", Api.PASSWORD))).isEqualTo("/email");
        ANYBODY.post("/v1/accounts", Map.of("email", email(), "password", "a".repeat(20_000)))
                .expect(413);
    }

    @Test
    void longAndOddPasswordsAreTakenAndAreDifferent() {
        String email = email();
        String password = "\ud83e\udd86 a pond at dawn ";
        ANYBODY.post("/v1/accounts", Map.of("email", email, "password", password))
                .expect(201);

        signIn(email, password).expect(201);
        assertThat(signIn(email, password.strip()).expect(401).code()).isEqualTo("invalid_credentials");
    }

    @Test
    void nobodyLearnsWhetherAnAccountExists() {
        String email = email();
        signUp(email);

        Answer wrong = signIn(email, "not the password");
        Answer nobody = signIn(email(), "not the password");

        assertThat(wrong.status()).isEqualTo(nobody.status()).isEqualTo(401);
        assertThat(wrong.json().path("detail")).isEqualTo(nobody.json().path("detail"));
        assertThat(wrong.code()).isEqualTo("invalid_credentials");
    }

    @Test
    void aHashOfWeakerDaysIsMadeAnewAtSignIn() {
        String email = email();
        signUp(email);
        String weak = Argon2Hash.of(
                        Api.PASSWORD.getBytes(StandardCharsets.UTF_8), new byte[16], new Argon2Hash.Cost(1024, 1, 1))
                .text();
        sql("UPDATE account SET password = '" + weak + "' WHERE email = '" + email + "'");

        signIn(email, Api.PASSWORD).expect(201);

        assertThat(text("SELECT password FROM account WHERE email = '" + email + "'"))
                .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        signIn(email, Api.PASSWORD).expect(201);
    }

    @Test
    void aRefreshTokenIsExchangedInTheBody() {
        JsonNode set = signUp(email());

        JsonNode next = refresh(set.path("refresh_token").asText()).expect(200).json();

        assertThat(next.path("refresh_token")).isNotEqualTo(set.path("refresh_token"));
        assertThat(next.path("session_id")).isEqualTo(set.path("session_id"));
        ANYBODY.with(next.path("access_token").asText()).get("/v1/me").expect(200);
    }

    @Test
    void aReusedRefreshTokenCutsTheAccessTokensOfItsFamilyOnEveryNode() {
        JsonNode set = signUp(email());
        String first = set.path("refresh_token").asText();
        JsonNode second = refresh(first).expect(200).json();
        JsonNode third =
                refresh(second.path("refresh_token").asText()).expect(200).json();
        Api here = ANYBODY.with(third.path("access_token").asText());
        here.get("/v1/me").expect(200);
        here.at(OTHER.address()).get("/v1/me").expect(200);

        Answer reused = refresh(first).expect(401);

        assertThat(reused.code()).isEqualTo("refresh_reused");
        assertThat(here.get("/v1/me").expect(401).code()).isEqualTo("invalid_token");
        refusedWithinASecond(here.at(OTHER.address()));
    }

    @Test
    void theCookieCarriesTheRefreshTokenAndTheBodyDoesNot() {
        String email = email();
        signUp(email);
        Answer signedIn =
                ANYBODY.post("/v1/sessions", Map.of("email", email, "password", Api.PASSWORD, "cookie", true));

        assertThat(fields(signedIn.expect(201).json()))
                .containsExactly("access_token", "token_type", "expires_in", "session_id");
        String cookie = signedIn.header("Set-Cookie");
        assertThat(cookie)
                .startsWith("__Host-refresh=")
                .contains("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000")
                .doesNotContain("Domain");
        Answer turned = ANYBODY.send("POST", "/v1/tokens", "{}", Map.of("Cookie", pair(cookie)));

        assertThat(turned.expect(200).json().has("refresh_token")).isFalse();
        assertThat(pair(turned.header("Set-Cookie"))).isNotEqualTo(pair(cookie));
    }

    @Test
    void aCookieThatIsRefusedIsTakenAway() {
        Answer refused = ANYBODY.send(
                "POST",
                "/v1/tokens",
                "{}",
                Map.of("Cookie", "__Host-refresh=" + RefreshToken.random().text()));

        assertThat(refused.expect(401).code()).isEqualTo("invalid_token");
        assertThat(refused.header("Set-Cookie")).startsWith("__Host-refresh=;").contains("Max-Age=0");
        ANYBODY.post("/v1/tokens", "{}").expect(401);
        ANYBODY.send("POST", "/v1/tokens", "{}", Map.of("Cookie", "__Host-refresh=a; __Host-refresh=b"))
                .expect(401);
    }

    @Test
    void signingOutCutsTheAccessTokenWithinASecondOnEveryNode() {
        JsonNode set = signUp(email());
        Api person = ANYBODY.with(set.path("access_token").asText());
        person.at(OTHER.address()).get("/v1/me").expect(200);

        Answer out = person.delete("/v1/sessions/current").expect(204);

        assertThat(out.header("Set-Cookie")).contains("Max-Age=0");
        person.get("/v1/me").expect(401);
        refusedWithinASecond(person.at(OTHER.address()));
        assertThat(refresh(set.path("refresh_token").asText()).expect(401).code())
                .isEqualTo("invalid_token");
    }

    @Test
    void noOtherSpellingOfATokenSurvivesSigningOut() {
        Api person = HOUSE.person();
        String token = person.token();
        person.delete("/v1/sessions/current").expect(204);

        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int i = 0; i < alphabet.length(); i++) {
            char last = alphabet.charAt(i);
            ANYBODY.with(token.substring(0, token.length() - 1) + last)
                    .get("/v1/me")
                    .expect(401);
        }
        ANYBODY.with(token + "==").get("/v1/me").expect(401);
    }

    @Test
    void aSessionIsRevokedByItsOwnerAlone() {
        String email = email();
        JsonNode mine = signUp(email);
        JsonNode phone = signIn(email, Api.PASSWORD).expect(201).json();
        Api me = ANYBODY.with(mine.path("access_token").asText());
        Api stranger = HOUSE.person();
        String path = "/v1/sessions/" + phone.path("session_id").asText();

        stranger.delete(path).expect(404);
        ANYBODY.with(phone.path("access_token").asText()).get("/v1/me").expect(200);
        me.delete(path).expect(204);

        ANYBODY.with(phone.path("access_token").asText()).get("/v1/me").expect(401);
        me.delete(path).expect(404);
        me.delete("/v1/sessions/not-an-id").expect(404);
        me.get("/v1/me").expect(200);
    }

    @Test
    void signingOutEverywhereEndsAllSessions() {
        String email = email();
        JsonNode mine = signUp(email);
        JsonNode phone = signIn(email, Api.PASSWORD).expect(201).json();

        ANYBODY.with(mine.path("access_token").asText()).delete("/v1/sessions").expect(204);

        ANYBODY.with(mine.path("access_token").asText()).get("/v1/me").expect(401);
        ANYBODY.with(phone.path("access_token").asText()).get("/v1/me").expect(401);
        refresh(phone.path("refresh_token").asText()).expect(401);
    }

    @Test
    void theListOfSessionsComesInPages() {
        String email = email();
        JsonNode mine = signUp(email);
        for (int i = 0; i < 4; i++) {
            ANYBODY.send("POST", "/v1/sessions", credentials(email), Map.of("User-Agent", "Phone " + i))
                    .expect(201);
        }
        Api me = ANYBODY.with(mine.path("access_token").asText());

        JsonNode first = me.get("/v1/sessions?limit=3").expect(200).json();
        JsonNode second = me.get("/v1/sessions?limit=3&cursor="
                        + first.path("next_cursor").asText())
                .expect(200)
                .json();

        assertThat(first.path("data").findValuesAsText("user_agent")).containsExactly("Phone 3", "Phone 2", "Phone 1");
        assertThat(second.path("data")).hasSize(2);
        assertThat(second.path("next_cursor").isNull()).isTrue();
        assertThat(second.path("data").get(1).path("current").asBoolean()).isTrue();
        assertThat(fields(second.path("data").get(1)))
                .containsExactly("id", "user_agent", "address", "created_at", "last_seen_at", "expires_at", "current");
        me.get("/v1/sessions?limit=0").expect(400);
        me.get("/v1/sessions?cursor=x").expect(400);
    }

    @Test
    void aNameIsChangedAndTakenAway() {
        Api person = HOUSE.person();

        assertThat(person.send("PATCH", "/v1/me", "{\"name\":\" Zu\u0308leyha \"}", Map.of())
                        .expect(200)
                        .json()
                        .path("name")
                        .asText())
                .isEqualTo("Z\u00fcleyha");
        assertThat(person.send("PATCH", "/v1/me", "{\"name\":\"\"}", Map.of())
                        .expect(200)
                        .json()
                        .path("name")
                        .isNull())
                .isTrue();
        person.send("PATCH", "/v1/me", "{}", Map.of()).expect(400);
        person.send("PATCH", "/v1/me", "{\"name\":\"x\",\"role\":\"admin\"}", Map.of())
                .expect(400);
        assertThat(person.get("/v1/me").expect(200).json().path("role").asText())
                .isEqualTo("user");
    }

    @Test
    void whoIsSuspendedIsRefusedEverywhereWithinASecondAndReleasedAgain() {
        String email = email();
        JsonNode set = signUp(email);
        Api person = ANYBODY.with(set.path("access_token").asText());
        sql("UPDATE account SET suspended_at = now() WHERE email = '" + email + "'");

        becomes(person, 403);
        becomes(person.at(OTHER.address()), 403);
        assertThat(refresh(set.path("refresh_token").asText()).expect(403).code())
                .isEqualTo("forbidden");
        signIn(email, Api.PASSWORD).expect(403);
        signIn(email, "not the password").expect(401);

        sql("UPDATE account SET suspended_at = NULL WHERE email = '" + email + "'");
        becomes(person, 200);
        refresh(set.path("refresh_token").asText()).expect(200);
    }

    @Test
    void aRoleThatChangesCountsWithinASecond() {
        String email = email();
        Api person = ANYBODY.with(signUp(email).path("access_token").asText());
        sql("UPDATE account SET role = 'admin' WHERE email = '" + email + "'");

        Waiting.until(
                "the new role",
                Duration.ofSeconds(2),
                () -> person.get("/v1/me")
                        .expect(200)
                        .json()
                        .path("role")
                        .asText()
                        .equals("admin"));
    }

    @Test
    void theHeaderIsReadStrictly() {
        String token = HOUSE.person().token();

        assertThat(status("Bearer " + token)).isEqualTo(200);
        assertThat(status("bearer " + token)).isEqualTo(200);
        for (String bad : List.of(
                "Basic " + token, token, "Bearer", "Bearer  " + token, "Bearer " + token + " x", "Token " + token)) {
            assertThat(status(bad)).as(bad.replace(token, "<token>")).isEqualTo(401);
        }
        Answer none = ANYBODY.get("/v1/me").expect(401);
        assertThat(none.code()).isEqualTo("unauthenticated");
        assertThat(none.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void anybodyCanCheckATokenWithThePublicKeys() throws Exception {
        String[] parts = HOUSE.person().token().split("\\.");
        JsonNode header = Api.JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
        JsonNode keys = ANYBODY.get("/.well-known/jwks.json").expect(200).json().path("keys");

        var known = new ArrayList<Boolean>();
        for (JsonNode key : keys) {
            assertThat(fields(key)).containsExactly("kty", "crv", "use", "alg", "kid", "x", "y");
            if (key.path("kid").equals(header.path("kid"))) {
                known.add(verifies(key, parts));
            }
        }
        assertThat(known).containsExactly(true);
        assertThat(OTHER.address()).isNotEqualTo(HOUSE.address());
        assertThat(ANYBODY.at(OTHER.address())
                        .get("/.well-known/jwks.json")
                        .json()
                        .path("keys"))
                .isEqualTo(keys);
    }

    @Test
    void aHouseThatIsClosedMakesNoAccounts() {
        try (TestHouse closed = TestHouse.open(Map.of("MILLRACE_SIGNUP", "closed"))) {
            Answer refused = Api.anonymous(closed.address())
                    .post("/v1/accounts", Map.of("email", "ada@example.com", "password", Api.PASSWORD));
            assertThat(refused.expect(403).code()).isEqualTo("forbidden");
        }
    }

    @Test
    void tokensOutliveTheServerThatMadeThemAndRevocationsToo() {
        var database = TestServices.freshDatabase();
        String token;
        String gone;
        try (TestHouse house = TestHouse.open(Map.of(), InstantSource.system(), database, SECRET)) {
            token = house.person().token();
            Api left = house.person();
            left.delete("/v1/sessions/current").expect(204);
            gone = left.token();
        }
        try (TestHouse again = TestHouse.open(Map.of(), InstantSource.system(), database, SECRET)) {
            Api.anonymous(again.address()).with(token).get("/v1/me").expect(200);
            Api.anonymous(again.address()).with(gone).get("/v1/me").expect(401);
        }
    }

    private static void refusedWithinASecond(Api person) {
        Waiting.until(
                "the token is refused",
                Duration.ofSeconds(1),
                () -> person.get("/v1/me").status() == 401);
    }

    private static void becomes(Api person, int status) {
        Waiting.until(
                "the answer " + status,
                Duration.ofSeconds(1),
                () -> person.get("/v1/me").status() == status);
    }

    private static int status(String authorization) {
        return ANYBODY.send("GET", "/v1/me", null, Map.of("Authorization", authorization))
                .status();
    }

    private static String pointer(Map<String, Object> body) {
        return ANYBODY.post("/v1/accounts", body)
                .expect(400)
                .json()
                .path("errors")
                .get(0)
                .path("pointer")
                .asText();
    }

    private static JsonNode signUp(String email) {
        return ANYBODY.send("POST", "/v1/accounts", credentials(email), Map.of())
                .expect(201)
                .json();
    }

    private static Answer signIn(String email, String password) {
        return ANYBODY.post("/v1/sessions", Map.of("email", email, "password", password));
    }

    private static Answer refresh(String token) {
        return ANYBODY.post("/v1/tokens", Map.of("refresh_token", token));
    }

    private static String credentials(String email) {
        return "{\"email\":\"" + email + "\",\"password\":\"" + Api.PASSWORD + "\"}";
    }

    private static String email() {
        return "person" + people++ + "@example.com";
    }

    private static List<String> fields(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String pair(@Nullable String cookie) {
        return String.valueOf(cookie).split(";", 2)[0];
    }

    private static void sql(String statement) {
        HOUSE.db().run(tx -> tx.execute(statement));
    }

    private static String text(String query) {
        return HOUSE.db().read(tx -> tx.query(query).mapTo(String.class).one());
    }

    private static boolean verifies(JsonNode jwk, String[] parts) throws Exception {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        var point = new ECPoint(number(jwk.path("x")), number(jwk.path("y")));
        var key = KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
        var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(key);
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
    }

    private static BigInteger number(JsonNode coordinate) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(coordinate.asText()));
    }
}
