package dev.millrace.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every page at every width, light and dark: axe finds nothing, and nothing is wider than the screen. */
@Tag("film")
class EveryPageIT {
    private static final List<Integer> WIDTHS = List.of(1440, 768, 360);

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
        house.close();
    }

    @Test
    void strangersCanUseTheDoors() {
        Page page = browser.person();
        assertThat(faults(page, "sign-in", "/sign-in", ".gatehouse form")).isEmpty();
        assertThat(faults(page, "sign-up", "/sign-up", ".gatehouse form")).isEmpty();
    }

    @Test
    void whoHasMadeNothingYetFindsTheWay() {
        Page page = new Visitor(browser.person()).signUp("newcomer@example.com").page();
        assertThat(faults(page, "generate-empty", "/", "mr-ideas button")).isEmpty();
        assertThat(faults(page, "gallery-empty", "/gallery", ".empty")).isEmpty();
        assertThat(faults(page, "nowhere", "/nothing-is-here", ".empty")).isEmpty();
    }

    @Test
    void whatWasMadeIsThereForEveryone() {
        var visitor = new Visitor(browser.person()).signUp("maker@example.com");
        visitor.choose("Image").generate("a kingfisher on a branch").runIn("a kingfisher on a branch", "completed");
        visitor.choose("Video").generate("a paper boat in a storm").runIn("a paper boat in a storm", "completed");
        visitor.choose("Text").generate("how a mill wheel turns").runIn("how a mill wheel turns", "completed");
        Page page = visitor.page();
        String film = String.valueOf(
                visitor.run("a paper boat in a storm").locator("h3 a").getAttribute("href"));
        String tale = String.valueOf(
                visitor.run("how a mill wheel turns").locator("h3 a").getAttribute("href"));

        assertThat(faults(page, "generate", "/", "article.run")).isEmpty();
        assertThat(faults(page, "gallery", "/gallery", "mr-tile")).isEmpty();
        assertThat(faults(page, "run", film, ".log li")).isEmpty();
        assertThat(faults(page, "run-text", tale, ".log li")).isEmpty();
        page.navigate("/account");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("New key"))
                .click();
        page.locator("#key-name").fill("Shop front end");
        page.locator("#key-cap").fill("a lot");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Make key"))
                .click();
        page.locator("#key-cap-fault").waitFor();
        page.locator("#key-cap").fill("5");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Make key"))
                .click();
        String key = page.locator("mr-keys .key").textContent().strip();
        assertThat(Api.anonymous(house.address())
                        .with(key)
                        .get("/v1/usage")
                        .expect(200)
                        .json()
                        .path("caps")
                        .path("keys"))
                .hasSize(1);
        assertThat(faults(page, "account", "/account", "mr-keys tbody tr")).isEmpty();
        assertThat(page.content()).doesNotContain(key);
    }

    @Test
    void whoReachesTheMinuteLimitSeesHowLongItLasts() {
        var visitor = new Visitor(browser.person()).signUp("hasty@example.com").choose("Text");
        house.db().run(tx -> {
            tx.execute("""
                    INSERT INTO plan (id, name, per_minute, running, once_micros, storage_bytes)
                    VALUES ('slow', 'Slow', 1, 2, 0, 1000000000)""");
            tx.execute("UPDATE account SET plan = 'slow' WHERE email = 'hasty@example.com'");
        });
        Page page = visitor.page();
        Api hasty = Api.anonymous(house.address());
        String token = hasty.post("/v1/sessions", Map.of("email", "hasty@example.com", "password", Api.PASSWORD))
                .expect(201)
                .json()
                .path("access_token")
                .asText();
        Waiting.until(
                "the plan in effect",
                Duration.ofSeconds(20),
                () -> hasty.with(token)
                                .get("/v1/usage")
                                .json()
                                .at("/minute/limit")
                                .asInt()
                        == 1);
        visitor.generate("one").runIn("one", "completed");

        page.getByLabel("Prompt").fill("two");
        page.locator("mr-composer button[type=submit][aria-disabled=false]").waitFor();
        visitor.button("Generate").click();

        Locator wait = page.locator("mr-note").filter(new Locator.FilterOptions().setHasText("Next one in"));
        wait.waitFor();
        String first = wait.textContent();
        Waiting.until(
                "the countdown goes on",
                Duration.ofSeconds(20),
                () -> !wait.textContent().equals(first));
        assertThat(page.locator("mr-gauges").first().textContent()).contains("next one in");
    }

    /** What axe finds on the page, and how far it is too wide, over all widths and both schemes; a picture of each is kept. */
    private static List<String> faults(Page page, String name, String address, String ready) {
        var faults = new ArrayList<String>();
        for (int width : WIDTHS) {
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                String where = name + "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT);
                page.setViewportSize(width, 900);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                page.navigate(address);
                page.locator(ready).first().waitFor();
                page.evaluate("() => document.fonts.ready.then(() => true)");
                page.screenshot(new Page.ScreenshotOptions()
                        .setPath(Path.of("target/screenshots", where + ".png"))
                        .setFullPage(true));
                new AxeBuilder(page)
                        .analyze()
                        .getViolations()
                        .forEach(violation -> faults.add(where + ": " + violation.getId() + " at "
                                + violation.getNodes().getFirst().getTarget()));
                int over = ((Number) page.evaluate("document.documentElement.scrollWidth - innerWidth")).intValue();
                if (over > 0) {
                    faults.add(where + ": " + over + " px wider than the screen");
                }
            }
        }
        return faults;
    }
}
