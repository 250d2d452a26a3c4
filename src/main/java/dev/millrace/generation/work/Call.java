package dev.millrace.generation.work;

import dev.millrace.analytics.Fact;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Standings;
import dev.millrace.generation.store.Status;
import dev.millrace.generation.traffic.Passage;
import dev.millrace.generation.work.text.Spoken;
import dev.millrace.generation.work.text.Telling;
import dev.millrace.generation.work.text.ToolParts;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.jobs.Fenced;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Duplicate;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call to a provider: hears what it says, and is the one place where a provider's events become ours.
 *
 * <p>Text of an earlier attempt stands. A call that goes on with it adds what follows, without a word twice; any other makes it
 * void with its first text: then a reset says so.
 */
final class Call implements ProviderSink {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    /** More text than this is no answer but a fault of the vendor; it is cut off. */
    private static final int MOST_TEXT = 2 * 1024 * 1024;

    private final Workshop shop;
    private final Task task;
    private final Model model;
    private final int number;
    private final Passage passage;
    private final Continuity continuity;
    private final Cancellation cancellation = new Cancellation();
    private Telling telling = Telling.anew();
    private final ToolParts tools = new ToolParts();
    private final Consumption consumption;
    private final List<ProviderEvent.Artifact> artifacts = new ArrayList<>();
    private final long began;
    private volatile boolean draining;
    private boolean begun;
    private boolean intended;
    private boolean accepted;
    private @Nullable String finish;
    private boolean answered;
    private @Nullable ProviderFailure cut;
    private @Nullable Instant firstSeen;
    private long heardAt = System.nanoTime();

    Call(Workshop shop, Task task, Model model, int number, Passage passage, Continuity continuity) {
        this.shop = shop;
        this.task = task;
        this.model = model;
        this.number = number;
        this.passage = passage;
        this.continuity = continuity;
        this.consumption = new Consumption(task.order());
        this.began = shop.clock().millis();
    }

    /** Blocks until the provider is done; whatever goes wrong leaves as a failure of a known kind. */
    void make(Provider provider, Foothold foothold) throws ProviderFailure, InterruptedException {
        Path folder = shop.media().scratch(task.id());
        var inputs = new Lent(shop.media(), task, model.inputs(), folder, cancellation);
        Request request = request(provider, foothold);
        var call = new ProviderCall(task.id(), number, request, foothold, folder, cancellation, inputs);
        KillPoint.reach("before-provider-call");
        task.interrupts().outside();
        try {
            provider.run(call, this);
        } catch (Fenced | Problem ours) {
            throw ours;
        } catch (ProviderFailure failure) {
            throw cut == null ? failure : cut;
        } catch (RuntimeException defect) {
            LOG.error("the adapter of {} failed on generation {}", provider.name(), task.id(), defect);
            var failure = new ProviderFailure(ProviderFailure.Kind.TRANSIENT, "The provider could not be understood.");
            // what was created there is not created a second time for that
            throw intended || !(foothold instanceof Foothold.None) ? failure.asLast() : failure;
        } finally {
            task.interrupts().inside();
        }
        ProviderFailure ours = cut;
        if (ours != null) {
            throw ours;
        }
        if (finish == null) {
            throw new ProviderFailure(ProviderFailure.Kind.TRUNCATED, "The provider broke off before the end.");
        }
    }

    /** What is asked for: all of it, or the rest of an answer that broke off. */
    private Request request(Provider provider, Foothold foothold) {
        Order.Wish wish = task.order().wish();
        Request request =
                model.request(wish.prompt(), wish.messages(), options(wish)).with(wish.chat());
        Spoken begun = continuity.before(provider, request);
        if (begun != null) {
            telling = Telling.goingOn(begun);
            return begun.rest(request);
        }
        if (foothold instanceof Foothold.Accepted && task.recording().hasText()) {
            telling = Telling.again(task.recording().textSoFar()); // a job's text is read from its beginning
        }
        return request;
    }

    /** Cuts the call off. */
    void stop() {
        cancellation.cancel();
    }

    /** It was canceled, and is read to its end because it is billed anyway. */
    void drain() {
        draining = true;
    }

    int number() {
        return number;
    }

    Model model() {
        return model;
    }

    List<ProviderEvent.Artifact> artifacts() {
        return artifacts;
    }

    /** When a reader could first see something of it. */
    @Nullable
    Instant firstSeen() {
        return firstSeen;
    }

    /** Whether it went on with an answer that had been begun. */
    boolean continued() {
        return telling.continued();
    }

    /** Whether readers heard anything of the answer from it. */
    boolean answered() {
        return answered;
    }

    boolean calledTools() {
        return tools.any();
    }

    /** What it has consumed by itself, as the provider counted it or by what was delivered. */
    ProviderEvent.Usage consumed() {
        return consumption.usage(new Consumption.Delivered(telling.ownWords(), telling.ownBytes(), artifacts.size()));
    }

    /** What is charged when its answer is kept. */
    ProviderEvent.Usage usage() {
        return telling.charged(consumed());
    }

    /** Whether it is read to its end once it is canceled, for it is billed anyway. */
    boolean drains() {
        return model.conduct().cancelPolicy() == CancelPolicy.DRAIN;
    }

    /** Whether it was paid for as a whole, and would be again: of a text what was said is paid for, whoever says the rest. */
    boolean billed() {
        return drains() && model.kind() != GenerationKind.TEXT && consumed().any();
    }

    /** How long it had been silent when it ended, as that feels for a text; whose job was looked at again and again was not. */
    Duration silence() {
        Patience patience = model.kind() == GenerationKind.TEXT ? Patience.USUAL : Patience.PICTURES;
        long silent = accepted ? 0 : System.nanoTime() - heardAt;
        return patience.felt(Duration.ofNanos(silent), model.conduct());
    }

    /** Writes down how it ended; {@code outcome} is {@code finished} or the kind of the failure in lower case. */
    void close(Tx tx, String outcome, @Nullable String error) {
        Calls.close(tx, List.of(end(outcome, error)));
    }

    /** How it ended, to be written down. */
    Calls.End end(String outcome, @Nullable String error) {
        Map<String, BigDecimal> alone = consumed().quantities();
        Instant seen = firstSeen;
        long now = shop.clock().millis();
        var fact = new Fact.AttemptFinished(
                task.order().account(),
                task.id(),
                new Fact.Work(task.order().wish().kind().code(), model.id(), model.provider()),
                new Fact.Attempt(number, outcome, error),
                new Fact.Times(
                        Math.max(0, began - task.order().createdAt().toEpochMilli()),
                        seen == null ? null : Math.max(0, seen.toEpochMilli() - began),
                        Math.max(0, now - began)),
                alone,
                model.price().cost(alone));
        // what had left and was stopped without a word may be made and billed all the same
        boolean unseen = intended && !accepted && !consumed().any() && outcome.equals("canceled");
        return new Calls.End(
                task.id(), number, Failures.state(unseen ? "lost" : outcome, error), usage(), finish, fact);
    }

    /** As they were judged when it was asked for, save that another model takes them in its own way. */
    private GenerationOptions options(Order.Wish wish) {
        return model.id().equals(wish.model())
                ? wish.options()
                : model.adopt(shop.makers().catalogue().find(wish.model()), wish.options());
    }

    @Override
    public void emit(ProviderEvent event) {
        task.interrupts().inside();
        try {
            hear(event);
        } finally {
            task.interrupts().outside();
        }
    }

    @Override
    public boolean claim(String externalId) {
        task.interrupts().inside();
        try {
            var ours = new AtomicBoolean();
            task.quietly(tx -> ours.set(Calls.accept(tx, task.id(), number, model.provider(), externalId)));
            accepted |= ours.get();
            if (accepted) {
                passage.heard();
            }
            return ours.get();
        } catch (Duplicate elsewhere) {
            return false;
        } finally {
            task.interrupts().outside();
        }
    }

    private void hear(ProviderEvent event) {
        switch (event) {
            case ProviderEvent.Intended() -> {
                intended = true;
                task.quietly(tx -> Calls.intend(tx, task.id(), number));
            }
            case ProviderEvent.Queued(Integer position) -> waits();
            case ProviderEvent.Working() -> begins();
            case ProviderEvent.Progress(double fraction, Double secondsLeft, String source) -> {
                begins();
                task.teller().heard(fraction, secondsLeft, source);
            }
            case ProviderEvent.Delta(String text) -> says(text);
            case ProviderEvent.Preview preview -> shows(preview);
            case ProviderEvent.Artifact artifact -> {
                begins();
                seen();
                artifacts.add(artifact);
            }
            case ProviderEvent.Usage consumed -> {
                consumption.heard(consumed);
                task.teller().consumed(usage());
            }
            case ProviderEvent.ToolCall part -> calls(part);
            case ProviderEvent.Finished(String reason) -> {
                tells(telling.rest());
                finish = reason;
            }
        }
    }

    private void says(String text) {
        begins();
        tells(telling.pass(text));
    }

    private void tells(String fresh) {
        if (!fresh.isEmpty() && answers()) {
            task.recording().text(fresh);
            if (consumption.due()) {
                task.teller().consumed(usage());
            }
        }
    }

    private void calls(ProviderEvent.ToolCall part) {
        begins();
        GenerationEvent.ToolCall more = tools.next(part);
        if (more != null) {
            telling.count(ToolParts.bytes(more));
        }
        if (more != null && answers()) {
            task.recording().light(more);
        }
    }

    /**
     * More of an answer is about to be told, if it may be; the first of one that begins anew makes void what was said before. Whoever
     * cannot take back what he heard is told no other answer.
     */
    private boolean answers() {
        seen();
        if (telling.bytes() > MOST_TEXT) {
            cut(new ProviderFailure(
                    ProviderFailure.Kind.INVALID, "The provider sent more text than anybody asked for."));
        } else if (!answered && !telling.goesOn() && task.recording().hasAnswer()) {
            if (task.order().wish().once()) {
                cut(new ProviderFailure(ProviderFailure.Kind.TRUNCATED, "The provider began another answer."));
            } else {
                task.commit(tx -> List.of(new GenerationEvent.Reset("retried", "")));
            }
        }
        answered |= cut == null;
        return cut == null;
    }

    /** Ends the call, and says why: its own cancellation would say that somebody had stopped it. */
    private void cut(ProviderFailure why) {
        cut = cut == null ? why : cut;
        cancellation.cancel();
    }

    private void shows(ProviderEvent.Preview preview) {
        begins();
        seen();
        String url = shop.media().preview(task.id(), preview.step(), preview.file());
        if (url != null) {
            task.recording().light(new GenerationEvent.Preview(url, preview.width(), preview.height(), preview.step()));
        }
    }

    /** The vendor works on it: whatever stage it was in before, it is being made now. */
    private void begins() {
        heardAt = System.nanoTime();
        boolean drains = drainsNow();
        if (begun && !drains) {
            return;
        }
        begun = true;
        answers(draining ? Stage.DRAINING : Stage.GENERATING, drains);
    }

    /** It is in line at the vendor. Readers are told of our own queue alone: at a vendor's it is starting. */
    private void waits() {
        heardAt = System.nanoTime();
        if (!begun) {
            answers(draining ? Stage.DRAINING : Stage.STARTING, drainsNow());
        }
    }

    private boolean drainsNow() {
        return draining && task.teller().stage() != Stage.DRAINING;
    }

    /** The vendor is there, and the work in this stage; {@code told} when readers hear of that for good also if it was there before. */
    private void answers(Stage now, boolean told) {
        passage.heard();
        Stage before = task.teller().stage();
        task.teller().stage(now);
        if (before == Stage.UNRESOLVED || told) {
            // a change of state that readers must not miss: it goes into the row, and into the log for good
            task.commit(null, (tx, progress) -> {
                Calls.resolved(tx, task.id());
                Standings.stage(tx, task.id(), task.epoch(), Status.RUNNING, now, progress.percent());
            });
        }
    }

    private void seen() {
        if (firstSeen == null) {
            firstSeen = shop.clock().instant();
        }
    }
}
