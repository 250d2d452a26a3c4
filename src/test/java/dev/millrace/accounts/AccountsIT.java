package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Api.Answer;
import dev.millrace.testing.TestHouse;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Accounts over HTTP, on two nodes over one database. */
class AccountsIT {
    private static final TwoHouses TWO = new TwoHouses();

    @AfterAll
    static void close() {
        TWO.close();
    }

    @Test
    void signingUpMakesAnAccountAndASession() {
        Answer answer = TWO.anybody.post(
                "/v1/accounts", Map.of("email", " Ada@Example.COM ", "password", Api.PASSWORD, "name", " Ada "));

        JsonNode made = answer.expect(201).json();
        assertThat(TwoHouses.fields(made))
                .containsExactly("account", "access_token", "token_type", "expires_in", "refresh_token", "session_id");
        assertThat(TwoHouses.fields(made.path("account")))
                .containsExactly("id", "email", "name", "role", "plan", "email_verified", "created_at");
        assertThat(made.path("account").path("email").asText()).isEqualTo("ada@example.com");
        assertThat(made.path("account").path("name").asText()).isEqualTo("Ada");
        assertThat(made.path("account").path("role").asText()).isEqualTo("user");
        assertThat(made.path("account").path("plan").asText()).isEqualTo("free");
        assertThat(made.path("expires_in").asInt()).isEqualTo(900);
        assertThat(answer.header("Cache-Control")).contains("no-store");
        JsonNode me = TWO.anybody
                .with(made.path("access_token").asText())
                .get("/v1/me")
                .expect(200)
                .json();
        assertThat(me).isEqualTo(made.path("account"));
    }

    @Test
    void anAddressHasOneAccountHoweverItIsWritten() {
        String email = TWO.email();
        TWO.signUp(email);

        Answer again = TWO.anybody.post(
                "/v1/accounts", Map.of("email", email.toUpperCase(Locale.ROOT), "password", Api.PASSWORD));

        assertThat(again.expect(409).code()).isEqualTo("conflict");
    }

    @Test
    void whatCannotBeUsedIsPointedAt() {
        Answer answer = TWO.anybody.post("/v1/accounts", Map.of("email", "ada", "password", "short"));

        assertThat(answer.expect(400).json().path("errors").findValuesAsText("pointer"))
                .containsExactly("/email", "/password");
        assertThat(pointer(Map.of("email", "ada", "password", Api.PASSWORD))).isEqualTo("/email");
        assertThat(pointer(Map.of("email", "ada@example.com\r\nBcc: eve", "password", Api.PASSWORD)))
                .isEqualTo("/email");
        assertThat(pointer(Map.of("email", TWO.email(), "password", "x".repeat(129))))
                .isEqualTo("/password");
        assertThat(pointer(Map.of("email", TWO.email(), "password", "password1")))
                .isEqualTo("/password");
        assertThat(pointer(Map.of("email", TWO.email(), "password", Api.PASSWORD, "name", "\ufb2c".repeat(90))))
                .isEqualTo("/name");
        assertThat(pointer(Map.of("email", TWO.email(), "password", Api.PASSWORD, "name", "n".repeat(101))))
                .isEqualTo("/name");
        assertThat(pointer(Map.of("email", TWO.email(), "password", Api.PASSWORD, "role", "admin")))
                .isEqualTo("/role");
        assertThat(pointer(Map.of("email", TWO.email(), "password", Api.PASSWORD, "credits", 1_000_000)))
                .isEqualTo("/credits");
        assertThat(pointer(Map.of("email", TWO.email(), "password", "nul\0nul\0nul")))
                .isEqualTo("/password");
        assertThat(pointer(Map.of("password", Api.PASSWORD))).isEqualTo("/email");
        TWO.anybody
                .post("/v1/accounts", Map.of("email", TWO.email(), "password", "a".repeat(20_000)))
                .expect(413);
    }

    @Test
    void longAndOddPasswordsAreTakenAndAreDifferent() {
        String email = TWO.email();
        String password = "\ud83e\udd86 a pond at dawn ";
        TWO.anybody
                .post("/v1/accounts", Map.of("email", email, "password", password))
                .expect(201);

        TWO.signIn(email, password).expect(201);
        assertThat(TWO.signIn(email, password.strip()).expect(401).code()).isEqualTo("invalid_credentials");
    }

    @Test
    void nobodyLearnsWhetherAnAccountExists() {
        String email = TWO.email();
        TWO.signUp(email);

        Answer wrong = TWO.signIn(email, "not the password");
        Answer nobody = TWO.signIn(TWO.email(), "not the password");

        assertThat(wrong.status()).isEqualTo(nobody.status()).isEqualTo(401);
        assertThat(wrong.json().path("detail")).isEqualTo(nobody.json().path("detail"));
        assertThat(wrong.code()).isEqualTo("invalid_credentials");
    }

    @Test
    void aHashOfWeakerDaysIsMadeAnewAtSignIn() {
        String email = TWO.email();
        TWO.signUp(email);
        String weak = Argon2Hash.of(
                        Api.PASSWORD.getBytes(StandardCharsets.UTF_8), new byte[16], new Argon2Hash.Cost(1024, 1, 1))
                .text();
        TWO.sql("UPDATE account SET password = '" + weak + "' WHERE email = '" + email + "'");

        TWO.signIn(email, Api.PASSWORD).expect(201);

        assertThat(TWO.text("SELECT password FROM account WHERE email = '" + email + "'"))
                .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        TWO.signIn(email, Api.PASSWORD).expect(201);
    }

    @Test
    void aNameIsChangedAndTakenAway() {
        Api person = TWO.house.person();

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
        String email = TWO.email();
        JsonNode set = TWO.signUp(email);
        Api person = TWO.anybody.with(set.path("access_token").asText());
        TWO.sql("UPDATE account SET suspended_at = now() WHERE email = '" + email + "'");

        TWO.becomes(person, 403);
        TWO.becomes(person.at(TWO.other.address()), 403);
        assertThat(TWO.refresh(set.path("refresh_token").asText()).expect(403).code())
                .isEqualTo("forbidden");
        TWO.signIn(email, Api.PASSWORD).expect(403);
        TWO.signIn(email, "not the password").expect(401);

        TWO.sql("UPDATE account SET suspended_at = NULL WHERE email = '" + email + "'");
        TWO.becomes(person, 200);
        TWO.refresh(set.path("refresh_token").asText()).expect(200);
    }

    @Test
    void aRoleThatChangesCountsWithinASecond() {
        String email = TWO.email();
        Api person = TWO.anybody.with(TWO.signUp(email).path("access_token").asText());
        TWO.sql("UPDATE account SET role = 'admin' WHERE email = '" + email + "'");

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
        String token = TWO.house.person().token();

        assertThat(status("Bearer " + token)).isEqualTo(200);
        assertThat(status("bearer " + token)).isEqualTo(200);
        for (String bad : List.of(
                "Basic " + token, token, "Bearer", "Bearer  " + token, "Bearer " + token + " x", "Token " + token)) {
            assertThat(status(bad)).as(bad.replace(token, "<token>")).isEqualTo(401);
        }
        Answer none = TWO.anybody.get("/v1/me").expect(401);
        assertThat(none.code()).isEqualTo("unauthenticated");
        assertThat(none.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void anybodyCanCheckATokenWithThePublicKeys() throws Exception {
        String[] parts = TWO.house.person().token().split("\\.");
        JsonNode header = Api.JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
        JsonNode keys =
                TWO.anybody.get("/.well-known/jwks.json").expect(200).json().path("keys");

        var known = new ArrayList<Boolean>();
        for (JsonNode key : keys) {
            assertThat(TwoHouses.fields(key)).containsExactly("kty", "crv", "use", "alg", "kid", "x", "y");
            if (key.path("kid").equals(header.path("kid"))) {
                known.add(verifies(key, parts));
            }
        }
        assertThat(known).containsExactly(true);
        assertThat(TWO.other.address()).isNotEqualTo(TWO.house.address());
        assertThat(TWO.anybody
                        .at(TWO.other.address())
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

    private static int status(String authorization) {
        return TWO.anybody
                .send("GET", "/v1/me", null, Map.of("Authorization", authorization))
                .status();
    }

    private static String pointer(Map<String, Object> body) {
        return TWO.anybody
                .post("/v1/accounts", body)
                .expect(400)
                .json()
                .path("errors")
                .get(0)
                .path("pointer")
                .asText();
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
