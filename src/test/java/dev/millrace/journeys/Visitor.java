package dev.millrace.journeys;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import java.time.Duration;

/** Somebody at a page, doing what people do. */
final class Visitor {
    private final Page page;

    Visitor(Page page) {
        this.page = page;
    }

    Page page() {
        return page;
    }

    Visitor signUp(String email) {
        page.navigate("/sign-up");
        page.getByLabel("Email").fill(email);
        page.getByLabel("Password").fill(Api.PASSWORD);
        button("Create an account").click();
        page.getByLabel("Prompt").waitFor();
        return this;
    }

    Visitor choose(String kind) {
        page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName(kind).setExact(true))
                .check(new Locator.CheckOptions().setForce(true));
        return this;
    }

    Visitor model(String id) {
        page.getByLabel("Model").selectOption(id);
        return this;
    }

    /** Writes a prompt and presses Generate once the price is there. */
    Visitor generate(String prompt) {
        page.getByLabel("Prompt").fill(prompt);
        page.locator("mr-composer button[type=submit][aria-disabled=false]").waitFor();
        button("Generate").click();
        run(prompt).first().waitFor();
        return this;
    }

    /** The rows of a prompt, the newest first. */
    Locator run(String prompt) {
        return page.locator("article.run").filter(new Locator.FilterOptions().setHasText(prompt));
    }

    /** The row once it is in that state. */
    Locator runIn(String prompt, String state) {
        Locator row = page.locator("article.run[data-state=" + state + "]")
                .filter(new Locator.FilterOptions().setHasText(prompt))
                .first();
        row.waitFor(new Locator.WaitForOptions().setTimeout(90_000));
        return row;
    }

    /** Waits until the first run shows so much text. (The page's policy forbids the evaluation that waitForFunction does.) */
    void awaitText(int characters) {
        Waiting.until(characters + " characters", Duration.ofSeconds(60), () -> {
            Object length = page.evaluate("() => document.querySelector('article.run .out')?.textContent.length ?? 0");
            return ((Number) length).intValue() > characters;
        });
    }

    Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name))
                .first();
    }
}
