package dev.millrace.generation.work;

import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.work.text.Spoken;
import dev.millrace.generation.work.text.TextFlow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the next call goes on with the answer that broke off, or begins anew behind a reset.
 *
 * <p>What is gone on from is what the log says, so a run that takes over from a lost server goes on like one that lost its vendor.
 * Not thread-safe.
 */
final class Continuity {
    private final Task task;
    private @Nullable Usage usage;
    private @Nullable Model speaker;
    private boolean barred;

    Continuity(Task task) {
        this.task = task;
    }

    /** What the call goes on from when the provider can; null when it begins anew. */
    @Nullable
    Spoken before(Provider provider, Request request) {
        if (barred || request.kind() != GenerationKind.TEXT || !provider.continues(request)) {
            return null;
        }
        String text = task.recording().textSoFar();
        return text.isBlank() ? null : new Spoken(text, charge(text));
    }

    /** Whether a call of this model would go on from what stands. */
    boolean goesOn(Provider provider, Model model) {
        Order.Wish wish = task.order().wish();
        Request request =
                model.request(wish.prompt(), wish.messages(), wish.options()).with(wish.chat());
        return before(provider, request) != null;
    }

    /** The call failed; what it told stands. Calls to tools cannot be gone on with. */
    void broke(Call failed) {
        if (failed.answered()) {
            usage = failed.usage();
            speaker = failed.model();
        }
        barred |= failed.calledTools();
    }

    /**
     * Whoever made the last call is gone; it cost something all the same: the prompt, and at least what is with the readers.
     *
     * @param price of the model that was called
     */
    void lost(Calls.Last last, Price price, Instant now) {
        Order.Wish wish = task.order().wish();
        var consumed = estimate(task.order(), task.recording().textSoFar()).quantities();
        long cost = price.cost(consumed);
        var fact = new Fact.AttemptFinished(
                task.order().account(),
                task.id(),
                new Fact.Work(wish.kind().code(), last.model(), last.provider()),
                new Fact.Attempt(last.attempt(), "abandoned", "Its server was lost."),
                new Fact.Times(
                        Math.max(
                                0,
                                Duration.between(task.order().createdAt(), last.startedAt())
                                        .toMillis()),
                        null,
                        Math.max(0, Duration.between(last.startedAt(), now).toMillis())),
                consumed,
                cost);
        task.quietly(tx -> {
            if (Calls.abandon(tx, task.id(), cost)) {
                Analytics.record(tx, fact);
            }
        });
    }

    /**
     * Whether the vendor does not go on with answers after all: some models refuse a conversation that ends with their own words. It
     * is then asked to begin anew, once.
     */
    boolean declined(ProviderFailure failure, Call failed) {
        boolean declined = failure.kind() == ProviderFailure.Kind.INVALID && failed.continued() && !failed.answered();
        barred |= declined;
        return declined;
    }

    /**
     * What is owed when this call is stopped: what it used. A text that added nothing to what stands of an answer is owed for that,
     * and for nothing when there is none: a prompt alone is no delivery, whatever the vendor has counted.
     */
    List<ReceiptLine> owed(Call stopped) {
        boolean silent = !stopped.answered()
                && !stopped.continued()
                && (task.recording().hasText() || task.order().wish().kind() == GenerationKind.TEXT);
        return silent ? owed(stopped.model()) : task.order().price().charge(stopped.usage());
    }

    /** What is owed for what stands of an answer, where the bill of the model that said it stops with it; {@code next} is asked now. */
    List<ReceiptLine> owed(Model next) {
        Model said = speaker;
        boolean stops = (said == null ? next : said).conduct().cancelPolicy() == CancelPolicy.STOP;
        return stops && task.recording().hasText()
                ? task.order().price().charge(charge(task.recording().textSoFar()))
                : List.of();
    }

    /** What the text that stands is charged as; where nobody knows any more what the vendor counted, by its length. */
    private Usage charge(String text) {
        Usage known = usage;
        return known != null ? known : estimate(task.order(), text);
    }

    private static Usage estimate(Order order, String text) {
        var words = new TextFlow();
        words.pass(text);
        return new Consumption(order)
                .usage(new Consumption.Delivered(words.words(), text.getBytes(StandardCharsets.UTF_8).length, 0));
    }
}
