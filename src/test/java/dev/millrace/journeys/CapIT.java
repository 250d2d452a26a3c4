package dev.millrace.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Somebody keeps himself from spending too much in a day: sets a cap, reads how much of it is spent, changes it, takes it away. */
class CapIT {
    private static final String EMAIL = "careful@example.com";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static TestHouse house;
    private static Browser browser;

    @BeforeAll
    static void open() {
        house = TestHouse.open();
        browser = new Browser(house.address());
    }

    @AfterAll
    static void close() {
        browser.close();
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void aCapIsSetReadChangedAndRemovedOnTheAccountPage() {
        var visitor = new Visitor(browser.person()).signUp(EMAIL);
        Page page = visitor.page();
        Api api = signedIn();
        page.navigate("/account");
        Locator cap = page.locator("mr-cap");
        assertThat(cap.getByText("No cap").textContent()).contains("all that you have");
        picture(page, "none");

        // what is wrong is said beside the field, and nothing is set
        visitor.button("Set a cap").click();
        assertThat(fill(visitor, "a lot")).contains("The cap");
        assertThat(fill(visitor, "")).contains("The cap");
        assertThat(fill(visitor, "-1")).contains("The cap");
        assertThat(fill(visitor, "0.0000001")).contains("The cap");
        picture(page, "wrong");
        assertThat(api.get("/v1/caps").expect(200).json().path("day").isNull()).isTrue();
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("cap-day");

        cap.locator("#cap-day").fill("0,5");
        visitor.button("Set cap").click();
        cap.locator("mr-gauge").waitFor();
        assertThat(cap.innerText()).contains("0.00 of 0.50", "0.50 left until midnight UTC");
        assertThat(api.get("/v1/caps").json().at("/day/limit").decimalValue()).isEqualByComparingTo("0.5");

        // what is spent elsewhere is seen here without loading the page again
        api.generate(
                        "text",
                        "a tale of forty words",
                        Map.of("options", Map.of("words", 4000, "speed", 200, "max_tokens", 4200)))
                .path("id")
                .asText();
        Waiting.until("it counts", LIMIT, () -> cap.innerText().contains("0.4"));
        assertThat(cap.locator(".gauge").getAttribute("data-level")).isEqualTo("low");
        picture(page, "low");

        visitor.button("Change the cap").click();
        assertThat(cap.locator("#cap-day").inputValue()).isEqualTo("0.5");
        cap.locator("#cap-day").fill("20");
        visitor.button("Set cap").click();
        Waiting.until("it is changed", LIMIT, () -> cap.innerText().contains("of 20.00"));
        picture(page, "set");

        visitor.button("Remove the cap").click();
        cap.getByText("No cap").waitFor();
        assertThat(api.get("/v1/caps").json().path("day").isNull()).isTrue();
        assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("400"));
    }

    @Test
    void whatAKeySpentOfItsCapIsSaidBesideIt() {
        var visitor = new Visitor(browser.person()).signUp("keyed@example.com");
        Page page = visitor.page();
        page.navigate("/account");
        visitor.button("New key").click();
        page.locator("#key-name").fill("Nightly");
        page.locator("#key-cap").fill("5");
        visitor.button("Make key").click();
        String key = page.locator("mr-keys .key").textContent().strip();
        String id = Api.anonymous(house.address())
                .with(key)
                .generate("image", "a boat", Map.of("options", Map.of("width", 128, "height", 128)))
                .path("id")
                .asText();
        assertThat(id).isNotEmpty();

        page.navigate("/account");

        Locator row = page.locator("mr-keys tbody tr");
        row.waitFor();
        assertThat(row.innerText()).contains("5.00, 1.00 of it spent today");
    }

    /** What is said beside the field when this is typed. */
    private static String fill(Visitor visitor, String text) {
        Locator cap = visitor.page().locator("mr-cap");
        cap.locator("#cap-day").fill(text);
        visitor.button("Set cap").click();
        cap.locator("button[type=submit][aria-disabled=false]").waitFor();
        Locator fault = cap.locator("#cap-day-fault");
        fault.waitFor();
        return fault.textContent();
    }

    private static void picture(Page page, String name) {
        for (int width : new int[] {1440, 360}) {
            boolean wide = width == 1440;
            page.setViewportSize(width, 900);
            page.emulateMedia(
                    new Page.EmulateMediaOptions().setColorScheme(wide ? ColorScheme.LIGHT : ColorScheme.DARK));
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/screenshots", "cap-" + name + "-" + width + ".png"))
                    .setFullPage(true));
            assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
            assertThat(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
                    .isEqualTo(0);
        }
        page.setViewportSize(1440, 900);
    }

    private static Api signedIn() {
        Api anyone = Api.anonymous(house.address());
        return anyone.with(anyone.post("/v1/sessions", Map.of("email", EMAIL, "password", Api.PASSWORD))
                .expect(201)
                .json()
                .path("access_token")
                .asText());
    }
}
