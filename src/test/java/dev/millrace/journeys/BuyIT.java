package dev.millrace.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Buying in a browser: to the payment service's page and back, and the credits arrive on the page that is open. */
class BuyIT {
    @Test
    void creditsThatAreBoughtArriveWithoutAReload() throws Exception {
        try (var stripe = FakeStripe.start();
                var house = TestHouse.open(Map.of(
                        "MILLRACE_STRIPE_SECRET_KEY", FakeStripe.KEY,
                        "MILLRACE_STRIPE_WEBHOOK_SECRET", StripeWebhook.SECRET,
                        "MILLRACE_STRIPE_BASE_URL", stripe.address().toString()));
                var browser = new Browser(house.address())) {
            var paid = new CompletableFuture<String>();
            stripe.whenPaid(paid::complete);
            Page page =
                    new Visitor(browser.person()).signUp("buyer@example.com").page();
            page.navigate("/account");
            Locator balance = page.locator(".meters .credit").first();
            balance.filter(new Locator.FilterOptions().setHasText("200.00")).waitFor();
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/screenshots/billing.png"))
                    .setFullPage(true));

            button(page, "Buy 100").click();
            page.waitForURL("**/pay/**");
            button(page, "Pay").click();
            page.waitForURL("**/account?checkout=done");

            // nobody has told us yet: the page says so, and waits
            page.getByText("Your payment is being confirmed").waitFor();
            assertThat(balance.innerText()).isEqualTo("200.00");
            assertThat(StripeWebhook.deliver(house.address(), stripe.pay(paid.get(30, TimeUnit.SECONDS))))
                    .isEqualTo(200);
            balance.filter(new Locator.FilterOptions().setHasText("300.00")).waitFor();
            page.getByText("100.00\u00a0credits have arrived.").waitFor();
            page.locator(".led tbody tr")
                    .filter(new Locator.FilterOptions().setHasText("Credits bought"))
                    .waitFor();
            assertThat(page.url()).endsWith("/account");
            assertThat(browser.complaints()).isEmpty();
            assertThat(stripe.faults()).isEmpty();
            assertThat(house.ledgerFaults()).isEmpty();
        }
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
