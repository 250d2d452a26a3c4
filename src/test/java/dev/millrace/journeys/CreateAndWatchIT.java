package dev.millrace.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The main job, as a newcomer does it: sign up, describe, watch it come, play it, stop another, see what it cost. */
@Tag("film")
class CreateAndWatchIT {
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

    @AfterEach
    void noPageComplainedAndTheBooksAreRight() {
        assertThat(browser.complaints()).isEmpty();
        assertThat(house.ledgerFaults()).isEmpty();
    }

    @Test
    void aVideoIsMadeWatchedAndPlayed() {
        var visitor = new Visitor(browser.person()).signUp("film@example.com").choose("Video");
        visitor.generate("a paper boat in a storm");

        List<Integer> percents = percentsUntilDone(visitor.page(), "a paper boat in a storm");
        assertThat(percents).hasSizeGreaterThan(3).isSorted();
        assertThat(percents.getLast()).isLessThanOrEqualTo(99);

        Locator row = visitor.runIn("a paper boat in a storm", "completed");
        visitor.page().screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/screenshots/generate.png")));
        row.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Play"))
                .click();
        Locator video = visitor.page().locator("video");
        video.waitFor();
        video.evaluate("video => video.play()");
        Waiting.until("the film plays", Duration.ofSeconds(20), () -> seconds(video) > 0.5);
        assertThat(visitor.page().locator("body").innerText()).contains("196");
    }

    @Test
    void aReloadMidwayLosesNothingAndRepeatsNothing() {
        var visitor = new Visitor(browser.person()).signUp("reload@example.com").choose("Text");
        String prompt = "a long tale of a mill and a river";
        visitor.generate(prompt);
        visitor.awaitText(150);
        visitor.page().reload();
        visitor.awaitText(300);
        visitor.page().reload();
        visitor.runIn(prompt, "completed")
                .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Open"))
                .click();
        visitor.page().locator(".screen-text .out").waitFor();

        String shown = visitor.page().locator(".screen-text .out").textContent();
        assertThat(shown).isEqualTo(row(visitor.page()).path("text").asText());
    }

    @Test
    void stoppingChargesForWhatCameAndReleasesTheRest() {
        var visitor = new Visitor(browser.person()).signUp("stop@example.com").choose("Text");
        String prompt = "an endless inventory of everything in the mill";
        visitor.generate(prompt);
        visitor.awaitText(200);
        visitor.button("Stop").click();
        visitor.runIn(prompt, "canceled").locator("a").first().click();
        visitor.page().waitForURL("**/runs/**");

        JsonNode row = row(visitor.page());
        double charged = row.path("receipt").path("charged").asDouble();
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("text").asText()).hasSizeGreaterThan(150);
        assertThat(charged).isBetween(0.0001, 1.0);
        JsonNode credits = api(visitor.page(), "/v1/usage").path("credits");
        assertThat(credits.path("balance").asDouble()).isEqualTo(200 - charged);
        assertThat(credits.path("held").asDouble()).isZero();
    }

    @Test
    void aFailureIsToldInWordsAndCostsNothing() {
        var visitor = new Visitor(browser.person()).signUp("failure@example.com");
        Api api = Api.anonymous(house.address()).with(token(visitor.page()));
        api.generate(
                "text", "this will not work", Map.of("model", "studio/chaos-text", "options", Map.of("fail_times", 3)));

        Locator row = visitor.runIn("this will not work", "failed");
        assertThat(row.innerText()).contains("You were not charged");
        assertThat(api.get("/v1/usage").json().path("credits").path("balance").asDouble())
                .isEqualTo(200);
    }

    /** Every percent the row showed, as it rose. */
    private static List<Integer> percentsUntilDone(Page page, String prompt) {
        var percents = new ArrayList<Integer>();
        Waiting.until("the end of " + prompt, Duration.ofMinutes(2), () -> {
            Object now = page.evaluate("""
                    () => {
                      const row = document.querySelector('article.run');
                      const bar = row?.querySelector('[role=progressbar]');
                      return [row?.dataset.state ?? '', Number(bar?.getAttribute('aria-valuenow') ?? -1)];
                    }""");
            List<?> seen = (List<?>) now;
            int percent = ((Number) seen.get(1)).intValue();
            if (percent >= 0 && (percents.isEmpty() || percents.getLast() != percent)) {
                percents.add(percent);
            }
            return "completed".equals(seen.get(0));
        });
        return percents;
    }

    private static double seconds(Locator video) {
        return ((Number) video.evaluate("video => video.currentTime")).doubleValue();
    }

    /** The generation of the run page that is open, as the API tells it. */
    private static JsonNode row(Page page) {
        return api(page, "/v1/generations/" + page.url().replaceAll(".*/runs/([^?]+).*", "$1"));
    }

    private static JsonNode api(Page page, String path) {
        return Api.anonymous(house.address())
                .with(token(page))
                .get(path)
                .expect(200)
                .json();
    }

    /** A token of the same person, the way the page gets its own: from the refresh cookie. */
    private static String token(Page page) {
        return (String) page.evaluate("""
                async () => {
                  const answer = await fetch('/v1/tokens', {method: 'POST', headers: {'content-type': 'application/json'}, body: '{}'});
                  return (await answer.json()).access_token;
                }""");
    }
}
