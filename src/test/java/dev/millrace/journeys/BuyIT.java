package dev.millrace.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Money, as a person meets it: buying, waiting for what was bought, a failure that costs nothing, a limit that says how long it lasts. */
@Tag("alone")
class BuyIT {
    private static final String EMAIL = "buyer@example.com";

    private static FakeStripe stripe;
    private static TestHouse house;
    private static Browser browser;

    @BeforeAll
    static void open() {
        stripe = FakeStripe.start();
        house = TestHouse.open(Map.of(
                "MILLRACE_STRIPE_SECRET_KEY",
                FakeStripe.KEY,
                "MILLRACE_STRIPE_WEBHOOK_SECRET",
                StripeWebhook.SECRET,
                "MILLRACE_STRIPE_BASE_URL",
                stripe.address().toString()));
        browser = new Browser(house.address());
    }

    @AfterAll
    static void close() {
        browser.close();
        house.close();
        stripe.close();
    }

    @Test
    void creditsAreBoughtSpentOnNothingThatFailsAndLimitedByTheMinute() {
        var visitor = new Visitor(browser.person()).signUp(EMAIL);
        Page page = visitor.page();
        Api api = signedIn();

        buy(visitor);
        assertThat(balance(api)).isEqualTo(300);
        fail(visitor, api);
        assertThat(balance(api)).isEqualTo(300);
        reachTheLimit(visitor, api);

        page.navigate("/account");
        page.locator("#billing .pack").first().waitFor();
        for (int width : List.of(1440, 360)) {
            page.setViewportSize(width, 900);
            picture(page, "buy-account-" + width);
            assertThat(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
                    .isEqualTo(0);
        }
        assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("429"));
        assertThat(house.ledgerFaults()).isEmpty();
        assertThat(stripe.faults()).isEmpty();
    }

    /** Pays at the payment service, comes back before that has told us, and sees the credits arrive on the page as it is. */
    private static void buy(Visitor visitor) {
        Page page = visitor.page();
        page.navigate("/account");
        visitor.button("Buy 100").click();
        page.waitForURL("**/pay/cs_*");
        String session = page.url().substring(page.url().lastIndexOf('/') + 1);
        visitor.button("Pay").click();

        page.getByText("Your payment is being confirmed").waitFor();
        for (int width : List.of(360, 1440)) {
            page.setViewportSize(width, 900);
            picture(page, "buy-waiting-" + width);
        }
        page.evaluate("() => { document.documentElement.dataset.kept = 'yes'; }");
        assertThat(StripeWebhook.deliver(house.address(), stripe.pay(session))).isEqualTo(200);

        Locator toast = page.getByText("credits have arrived");
        toast.waitFor();
        picture(page, "buy-arrived-1440");
        assertThat(toast.textContent()).contains("100.00");
        page.locator("table").getByText("Credits bought").waitFor();
        assertThat(page.locator("mr-gauges").first().textContent()).contains("300.00");
        assertThat(page.locator("html").getAttribute("data-kept"))
                .as("the page was not loaded again")
                .isEqualTo("yes");
        assertThat(page.url()).doesNotContain("checkout=");
    }

    /** What fails says that it costs nothing, and the ledger says the same. */
    private static void fail(Visitor visitor, Api api) {
        visitor.page().navigate("/");
        String id = api.generate(
                        "text",
                        "this will not work",
                        Map.of("model", "studio/chaos-text", "options", Map.of("fail_times", 9, "status", 400)))
                .path("id")
                .asText();
        Locator row = visitor.runIn("this will not work", "failed");
        assertThat(row.innerText()).contains("You were not charged");
        JsonNode line = api.get("/v1/ledger").expect(200).json().path("data").get(0);
        assertThat(line.path("kind").asText()).isEqualTo("release");
        assertThat(line.path("generation").asText()).isEqualTo(id);
        assertThat(line.path("amount").decimalValue()).isZero();
    }

    /** One a minute: the second is refused, with a countdown that goes on. */
    private static void reachTheLimit(Visitor visitor, Api api) {
        house.db().run(tx -> tx.execute("UPDATE plan SET per_minute = 2 WHERE id = 'free'"));
        Waiting.until(
                "the limit in effect",
                Duration.ofSeconds(20),
                () -> api.get("/v1/usage").json().at("/minute/limit").asInt() == 2);
        Page page = visitor.page();
        visitor.choose("Text").generate("the last of this minute").runIn("the last of this minute", "completed");
        page.getByLabel("Prompt").fill("one too many");
        page.locator("mr-composer button[type=submit][aria-disabled=false]").waitFor();
        visitor.button("Generate").click();

        Locator wait = page.locator("mr-note").filter(new Locator.FilterOptions().setHasText("Next one in"));
        wait.waitFor();
        String first = wait.textContent();
        Waiting.until(
                "the countdown goes on",
                Duration.ofSeconds(20),
                () -> !wait.textContent().equals(first));
        for (int width : List.of(360, 1440)) {
            page.setViewportSize(width, 900);
            picture(page, "buy-limit-" + width);
        }
        assertThat(visitor.run("one too many").count()).isZero();
    }

    private static Api signedIn() {
        Api anyone = Api.anonymous(house.address());
        return anyone.with(anyone.post("/v1/sessions", Map.of("email", EMAIL, "password", Api.PASSWORD))
                .expect(201)
                .json()
                .path("access_token")
                .asText());
    }

    private static double balance(Api api) {
        return api.get("/v1/usage")
                .expect(200)
                .json()
                .path("credits")
                .path("balance")
                .asDouble();
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/screenshots", name + ".png")));
    }
}
