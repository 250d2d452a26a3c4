package dev.millrace.payments;

import static dev.millrace.payments.Shop.balance;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Pages to pay at: one key is one page, whatever becomes of answers, prices and hosts between. */
class CheckoutsIT extends OpenShop {
    @Test
    void oneKeyIsOnePageEvenWhenStripesAnswerIsLost() {
        Api buyer = shop.house().person();
        var key = Map.of("Idempotency-Key", "\"buy-" + UUID.randomUUID() + "\"");
        int before = shop.stripe().count("cs_");
        shop.stripe()
                .cutAnswers(
                        4); // the customer is made and nobody hears of it, with the library's own second try as well

        var lost = buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", key);
        shop.stripe().cutAnswers(0);
        assertThat(lost.expect(503).header("Retry-After")).isNotNull();
        JsonNode first = buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", key)
                .expect(201)
                .json();
        var replay =
                buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", key).expect(201);

        assertThat(replay.json()).isEqualTo(first);
        assertThat(replay.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(shop.stripe().count("cs_")).isEqualTo(before + 1);
        assertThat(buyer.send("POST", "/v1/checkouts", "{\"pack\":\"large\"}", key)
                        .expect(422)
                        .code())
                .isEqualTo("idempotency_mismatch");
        shop.stripe().failRequests(3);
        buyer.post("/v1/checkouts", Map.of("pack", "small")).expect(503);
        shop.stripe().failRequests(0);
        for (String bad : List.of(
                "{}",
                "{\"pack\":\"small\",\"plan\":\"maker\"}",
                "{\"pack\":\"huge\"}",
                "{\"pack\":7}",
                "{\"packs\":\"x\"}")) {
            buyer.post("/v1/checkouts", bad).expect(400);
        }
        Api.anonymous(shop.house().address())
                .post("/v1/checkouts", Map.of("pack", "small"))
                .expect(401);
        assertThat(balance(buyer)).isEqualByComparingTo("200");
    }

    @Test
    void oneKeyIsOneCallWhetherItBuysOrGenerates() {
        Api buyer = shop.house().person();
        var key = Map.of("Idempotency-Key", "one-" + UUID.randomUUID());
        var other = Map.of("Idempotency-Key", "two-" + UUID.randomUUID());
        String text = "{\"kind\":\"text\",\"prompt\":\"one key\",\"options\":{\"words\":1}}";
        buyer.send("POST", "/v1/generations", text, key).expect(202);
        buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", other).expect(201);
        int before = shop.stripe().count("cs_");

        assertThat(buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", key)
                        .expect(422)
                        .code())
                .isEqualTo("idempotency_mismatch");
        assertThat(buyer.send("POST", "/v1/generations", text, other)
                        .expect(422)
                        .code())
                .isEqualTo("idempotency_mismatch");

        assertThat(shop.stripe().count("cs_")).isEqualTo(before);
    }

    @Test
    void whoSaysAKeyAgainWhileItsPageIsBeingOpenedIsToldToWaitForThatOne() throws Exception {
        Api buyer = shop.house().person();
        shop.page(buyer, Map.of("pack", "small")); // Stripe knows the customer from now on
        var key = Map.of("Idempotency-Key", "twice-" + UUID.randomUUID());
        var asked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        shop.stripe().slowCreates(path -> {
            asked.countDown();
            Waiting.at(go);
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", key));
            Waiting.at(asked);
            var second = buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", key);
            assertThat(second.expect(409).header("Retry-After")).isNotNull();
            go.countDown();

            JsonNode page = first.get().expect(201).json();
            var third = buyer.send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", key);
            assertThat(third.expect(201).json()).isEqualTo(page);
            assertThat(third.header("Idempotent-Replayed")).isEqualTo("true");
        } finally {
            go.countDown();
            shop.stripe().slowCreates(path -> {});
        }
    }

    @Test
    void aKeyIsAnsweredAlsoWhenItsOfferIsNotSoldAnyMore() {
        Api buyer = shop.house().person();
        var key = Map.of("Idempotency-Key", "gone-" + UUID.randomUUID());
        shop.house().db().run(tx -> tx.execute("""
                INSERT INTO credit_pack (id, version, name, micros, amount, currency)
                VALUES ('short', 1, '5 credits', 5000000, 100, 'usd')"""));
        JsonNode page = buyer.send("POST", "/v1/checkouts", "{\"pack\":\"short\"}", key)
                .expect(201)
                .json();
        shop.house().db().run(tx -> tx.execute("UPDATE credit_pack SET offered = false WHERE id = 'short'"));

        assertThat(buyer.send("POST", "/v1/checkouts", "{\"pack\":\"short\"}", key)
                        .expect(201)
                        .json())
                .isEqualTo(page);
        buyer.post("/v1/checkouts", Map.of("pack", "short")).expect(400);
    }

    @Test
    void aPageThatWasBegunKeepsItsPriceEvenWhenStripesAnswerIsLost() {
        Api buyer = shop.house().person();
        shop.page(buyer, Map.of("pack", "small")); // Stripe knows the customer from now on
        var key = Map.of("Idempotency-Key", "\"dear-" + UUID.randomUUID() + "\"");
        shop.stripe().cutAnswers(2); // with the library's own second try
        buyer.send("POST", "/v1/checkouts", "{\"pack\":\"large\"}", key).expect(503);
        shop.stripe().cutAnswers(0);
        shop.house().db().run(tx -> tx.execute("""
                INSERT INTO credit_pack (id, version, name, micros, amount, currency)
                VALUES ('large', 2, '5,000 credits', 5000000000, 19900, 'usd')"""));

        JsonNode begun = buyer.send("POST", "/v1/checkouts", "{\"pack\":\"large\"}", key)
                .expect(201)
                .json();

        String session = session(begun);
        assertThat(shop.stripe().object(session).path("amount_total").asLong()).isEqualTo(8000);
        shop.told(shop.stripe().pay(session));
        assertThat(balance(buyer)).isEqualByComparingTo("1200");
    }

    @Test
    void whoAsksAgainThroughAnotherHostIsSentToTheSamePageAndComesBackToTheFirst() {
        Api buyer = shop.house().person();
        Api elsewhere =
                buyer.at(URI.create("http://localhost:" + shop.house().address().getPort()));
        shop.page(buyer, Map.of("pack", "small")); // Stripe knows the customer from now on
        var key = Map.of("Idempotency-Key", "\"hosts-" + UUID.randomUUID() + "\"");
        shop.stripe().cutAnswers(2); // with the library's own second try
        buyer.send("POST", "/v1/checkouts", "{\"pack\":\"medium\"}", key).expect(503);
        shop.stripe().cutAnswers(0);

        JsonNode begun = elsewhere
                .send("POST", "/v1/checkouts", "{\"pack\":\"medium\"}", key)
                .expect(201)
                .json();

        assertThat(shop.stripe().object(session(begun)).path("success_url").asText())
                .startsWith(shop.house().address() + "/account");
        assertThat(elsewhere
                        .send("POST", "/v1/checkouts", "{\"pack\":\"medium\"}", key)
                        .expect(201)
                        .json())
                .isEqualTo(begun);
    }

    private static String session(JsonNode begun) {
        String url = begun.path("url").asText();
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
