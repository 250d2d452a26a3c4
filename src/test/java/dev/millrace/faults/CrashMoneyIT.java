package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} at each step that money takes: buying, being told by Stripe, acting on it, setting aside, charging, giving back.
 *
 * <p>Several accounts go the same way at once, one for each kind of effect, so that one kill hits all kinds at the same place. The same
 * events meet one kill after another on their way: before they are written down, before they are read, before their effect is
 * committed, after it.
 */
class CrashMoneyIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Map<String, Object> WORDS = Map.of("options", Map.of("words", 400, "speed", 20));
    private static final Map<String, Object> FAILING =
            Map.of("model", "studio/chaos-text", "options", Map.of("words", 5, "fail_times", 50, "status", 400));
    private static final Map<String, Object> ENDLESS = Map.of("options", Map.of("words", 2000, "speed", 20));

    private static FakeStripe stripe;
    private static CrashStage stage;

    @BeforeAll
    static void open() {
        stripe = FakeStripe.start();
        stage = new CrashStage(Map.of(
                "MILLRACE_STRIPE_SECRET_KEY",
                FakeStripe.KEY,
                "MILLRACE_STRIPE_WEBHOOK_SECRET",
                StripeWebhook.SECRET,
                "MILLRACE_STRIPE_BASE_URL",
                stripe.address().toString(),
                "MILLRACE_PORT",
                String.valueOf(port()), // the browser is sent back to where it came from, in each life
                "MILLRACE_DATABASE_POOL",
                "40")); // those who stand still keep their connections
    }

    @AfterAll
    static void close() {
        stage.close();
        stripe.close();
    }

    private final List<MoneyScene> chain = new ArrayList<>();
    private final List<MoneyScene> answered = new ArrayList<>();
    private final List<CompletableFuture<?>> never = new ArrayList<>();
    private final List<String> endings = new ArrayList<>();
    private final List<Api> enders = new ArrayList<>();
    private Api now = stage.startWith(List.of());
    private final Api buyer = Api.signedUp(now.base());
    private final Api spender = Api.signedUp(now.base());
    private String page = "";

    @Test
    void eachEffectOfMoneyHappensOnceWhereverTheServerIsKilled() {
        prepare();
        killBeforeAnythingIsCommitted();
        killWhenEventsAreWrittenDownAndHoldsAreTaken();
        killBeforeEffectsAndEndsAreCommitted();
        killAfterEffectsAndEndsAreCommitted();
        killBeforeStripeIsAnswered();
        everythingComesAgainAndChangesNothing();
    }

    /** Everything is brought to where the next step is the one that counts. */
    private void prepare() {
        // what no webhook brings must not come by another way
        stage.change("UPDATE payments_watch SET reconciled_at = now()");
        for (MoneyScene.Kind kind : MoneyScene.Kind.values()) {
            chain.add(MoneyScene.prepare(kind, Api.signedUp(now.base()), stripe));
            answered.add(MoneyScene.prepare(kind, Api.signedUp(now.base()), stripe));
        }
        for (int i = 0; i < 3; i++) {
            enders.add(Api.signedUp(now.base()));
        }
        stage.kill();
    }

    /** Neither the event, nor the hold, nor that a page was made at Stripe. */
    private void killBeforeAnythingIsCommitted() {
        live("event-before-commit:1+", "hold-before-commit:1+", "checkout-made-before-stored:1+");
        chain.forEach(scene -> ask(() -> knock(scene.event())));
        ask(this::create);
        ask(this::checkout);
        stage.awaitArrivals("event-before-commit:1+", chain.size());
        stage.awaitArrivals("hold-before-commit:1+", 1);
        stage.awaitArrivals("checkout-made-before-stored:1+", 1);
        page = stripe.last("cs_").path("id").asText();
        kill();
    }

    /** The events are there and answered, and nobody has acted on them; the hold is there, and its caller is not told. */
    private void killWhenEventsAreWrittenDownAndHoldsAreTaken() {
        live("event-before-effect:1+", "commit-before-answer:1+");
        assertThat(states(chain)).isEmpty();
        assertThat(stage.count("SELECT count(*) AS n FROM generation")).isZero();
        // somebody has paid at the page whose address nobody here knows
        chain.add(MoneyScene.of(MoneyScene.Kind.PACK, here(buyer), stripe.pay(page)));
        deliver(chain);
        ask(this::create);
        stage.awaitArrivals("event-before-effect:1+", chain.size());
        stage.awaitArrivals("commit-before-answer:1+", 1);
        ended(here(spender), latest(), "completed");
        chain.forEach(MoneyScene::assertUntouched);
        assertThat(states(chain)).containsExactly("received");
        kill();
    }

    /** The effects are written, and so are a charge, a release, and the charge for a part. */
    private void killBeforeEffectsAndEndsAreCommitted() {
        live("effect-before-commit:1+", "settle-before-commit:1+");
        assertThat(create().header("Idempotent-Replayed")).isEqualTo("true");
        String stopped = generate(2, ENDLESS);
        Waiting.until(
                "some text",
                LONG,
                () -> stage.count("SELECT count(*) AS n FROM generation_event WHERE event = 'delta' AND generation = '"
                                + stopped + "'")
                        > 0);
        // ends share commits: the first that comes stands there with the others behind it, and nothing more is begun
        endings.addAll(List.of(generate(0, WORDS), generate(1, FAILING), stopped));
        here(enders.getLast())
                .post("/v1/generations/" + stopped + "/cancellation", Map.of())
                .expect(202);
        stage.awaitArrivals("effect-before-commit:1+", chain.size());
        stage.awaitArrivals("settle-before-commit:1+", 1);
        chain.forEach(MoneyScene::assertUntouched);
        assertThat(states(chain)).containsExactly("received");
        assertThat(openHolds())
                .as("the three, and what four disputes set aside")
                .isEqualTo(endings.size() + 4);
        kill();
    }

    /** All is done, and nobody has heard of it. */
    private void killAfterEffectsAndEndsAreCommitted() {
        live("effect-after-commit:1+", "settled-before-published:1+");
        stage.awaitArrivals("effect-after-commit:1+", chain.size());
        stage.awaitArrivals("settled-before-published:1+", endings.size());
        chain.forEach(MoneyScene::assertDoneOnce);
        assertThat(states(chain)).containsExactly("done");
        kill();
    }

    /** All is done, and Stripe will come again because it was not told. */
    private void killBeforeStripeIsAnswered() {
        live("event-before-answer:1+");
        answered.forEach(scene -> ask(() -> knock(scene.event())));
        stage.awaitArrivals("event-before-answer:1+", answered.size());
        Waiting.until("the effects", LONG, () -> states(answered).equals(Set.of("done")));
        kill();
    }

    private void everythingComesAgainAndChangesNothing() {
        live();
        for (int time = 0; time < 2; time++) {
            deliver(chain);
            deliver(answered);
        }
        ended(here(enders.get(0)), endings.get(0), "completed");
        ended(here(enders.get(1)), endings.get(1), "failed");
        ended(here(enders.get(2)), endings.get(2), "canceled");
        assertThat(create().header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(checkout().json().path("url").asText()).endsWith(page);
        chain.forEach(MoneyScene::assertDoneOnce);
        answered.forEach(MoneyScene::assertDoneOnce);
        assertThat(MoneyScene.lines(here(spender)))
                .as("one hold, one charge")
                .satisfiesExactly(CrashMoneyIT::charge, CrashMoneyIT::gift);
        assertThat(MoneyScene.lines(here(enders.get(0)))).satisfiesExactly(CrashMoneyIT::charge, CrashMoneyIT::gift);
        assertThat(MoneyScene.lines(here(enders.get(1)))).containsExactly("release 0", "grant 200");
        // whoever stops a run and loses its server pays nothing for the part that came
        assertThat(MoneyScene.lines(here(enders.get(2))))
                .satisfiesExactly(CrashMoneyIT::chargeOrRelease, CrashMoneyIT::gift);
        endDisputes();
        stage.assertSettled();
        assertThat(stage.rows("SELECT * FROM admin.payment_troubles")).isEmpty();
        assertThat(stripe.faults()).isEmpty();
        stage.stop();
    }

    private static void charge(String line) {
        assertThat(line).matches("charge -0\\.\\d+");
    }

    private static void chargeOrRelease(String line) {
        assertThat(line).matches("charge -0\\.\\d+|release 0");
    }

    private static void gift(String line) {
        assertThat(line).isEqualTo("grant 200");
    }

    /** What two disputes still set aside is free again. */
    private void endDisputes() {
        for (String dispute : stripe.all("dp_")) {
            if (stripe.object(dispute).path("status").asText().equals("needs_response")) {
                stripe.object(dispute).put("status", "won");
                ObjectNode event = stripe.event("charge.dispute.closed", dispute);
                assertThat(knock(event)).isEqualTo(200);
            }
        }
    }

    /** A free port below those that connections get, so that nobody takes it between two lives. */
    private static int port() {
        for (int port = ThreadLocalRandom.current().nextInt(20_000, 30_000); ; port++) {
            try (var free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // the next one
            }
        }
    }

    /** A server on the same folder, in which threads will stand at these places. */
    private void live(String... killPoints) {
        now = stage.startWith(List.of(killPoints));
        chain.forEach(scene -> scene.movedTo(now));
        answered.forEach(scene -> scene.movedTo(now));
    }

    private void kill() {
        stage.kill();
        assertThat(never).allSatisfy(answer -> assertThat(answer).failsWithin(LONG));
        never.clear();
    }

    /** Asks something that is not answered before the server is killed. */
    private void ask(Supplier<?> question) {
        var answer = new CompletableFuture<Object>();
        never.add(answer);
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException cut) {
                answer.completeExceptionally(cut);
            }
        });
    }

    private void deliver(List<MoneyScene> scenes) {
        for (MoneyScene scene : scenes) {
            assertThat(knock(scene.event())).as("%s", scene).isEqualTo(200);
        }
    }

    /** Comes again while the house is busy, as Stripe does; answers how it ended. */
    private int knock(ObjectNode event) {
        int status = 503;
        while (status == 503) {
            status = StripeWebhook.deliver(now.base(), event);
        }
        return status;
    }

    private Api here(Api person) {
        return person.at(now.base());
    }

    private Api.Answer create() {
        return here(spender)
                .send(
                        "POST",
                        "/v1/generations",
                        "{\"kind\":\"text\",\"prompt\":\"once\",\"options\":{\"words\":5,\"speed\":200}}",
                        Map.of("Idempotency-Key", "one-generation"))
                .expect(202);
    }

    private Api.Answer checkout() {
        return here(buyer)
                .send("POST", "/v1/checkouts", "{\"pack\":\"small\"}", Map.of("Idempotency-Key", "one-purchase"))
                .expect(201);
    }

    private String generate(int ender, Map<String, Object> request) {
        return here(enders.get(ender))
                .generate("text", "will end", request)
                .path("id")
                .asText();
    }

    private String latest() {
        return here(spender)
                .get("/v1/generations?limit=1")
                .expect(200)
                .json()
                .at("/data/0/id")
                .asText();
    }

    private static void ended(Api owner, String generation, String status) {
        Waiting.until(
                generation + " " + status,
                LONG,
                () -> owner.get("/v1/generations/" + generation)
                        .expect(200)
                        .json()
                        .path("status")
                        .asText()
                        .equals(status));
    }

    /** What became of the events: the states there are, none when none is written down. */
    private static Set<String> states(List<MoneyScene> scenes) {
        String ids = scenes.stream().map(scene -> "'" + scene.eventId() + "'").collect(Collectors.joining(", "));
        return stage.rows("SELECT DISTINCT state FROM stripe_event WHERE id IN (" + ids + ")").stream()
                .map(row -> String.valueOf(row.get("state")))
                .collect(Collectors.toSet());
    }

    private static long openHolds() {
        return stage.count("SELECT count(*) AS n FROM hold WHERE state = 'open'");
    }
}
