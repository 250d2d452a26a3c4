package dev.millrace.generation.work;

import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.traffic.Traffic.Place;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Which models may make a generation: the one that was asked for, and after it those its row names, as long as nothing was shown.
 * A model that does not take the options or the pictures, or counts in other units than those that were priced, or whose provider has
 * no place left on this server, or on whom nothing more may be spent today, is passed over.
 */
final class Fallbacks {
    private final Workshop shop;
    private final Workshop.Makers makers;
    private final Task task;
    private final Order order;
    private final Place place;
    private final Deque<String> left = new ArrayDeque<>();

    /** {@code place} is that of the run; it follows to the provider that is called. */
    Fallbacks(Workshop shop, Task task, Place place) {
        this.shop = shop;
        this.makers = shop.makers();
        this.task = task;
        this.order = task.order();
        this.place = place;
    }

    /**
     * The model to begin with: that of the call whose job the vendor has, or may have, or the one that was asked for.
     *
     * @throws Problem INSUFFICIENT_CREDITS when a fallback had it, and nothing more may be spent on the one that was asked for
     */
    Model first(Calls.@Nullable Last last) {
        Model asked = makers.catalogue().find(order.wish().model());
        left.addAll(asked.conduct().fallbacks());
        if (last != null && last.isOpen() && !(last.foothold() instanceof Foothold.None)) {
            Model runs = makers.catalogue().find(last.model());
            Provider provider = makers.providers().of(runs.provider());
            if (provider == null || provider.asynchronous(runs.kind())) {
                place.moveTo(runs.provider(), () -> {});
                while (left.contains(runs.id())) {
                    left.removeFirst();
                }
                return runs;
            }
        }
        if (last != null) {
            spendOn(asked);
        }
        return asked;
    }

    /** The next one to ask after a failure that another vendor need not have; null when there is none. */
    @Nullable
    Model after(ProviderFailure failure) {
        boolean another = switch (failure.kind()) {
            case RATE_LIMITED, OVERLOADED, TRANSIENT, TRUNCATED, DEADLINE, QUOTA, AUTH, NOT_FOUND -> true;
            case INVALID, REFUSED, AMBIGUOUS, LOST, CANCELED -> false;
        };
        while (another && !failure.isLast() && !left.isEmpty()) {
            Model model = usable(left.removeFirst());
            if (model != null) {
                return model;
            }
        }
        return null;
    }

    private @Nullable Model usable(String id) {
        try {
            Model model = makers.catalogue().find(id);
            model.adopt(
                    makers.catalogue().find(order.wish().model()), order.wish().options());
            boolean fits = model.kind() == order.wish().kind()
                    && takesChat(model)
                    && makers.providers()
                            .inputs(model)
                            .takes(order.wish().inputs().size())
                    && makers.providers().of(model.provider()) != null
                    && model.price().units().equals(order.price().units())
                    && place.moveTo(model.provider(), () -> spendOn(model));
            return fits ? model : null;
        } catch (Problem doesNotFit) {
            if (doesNotFit.type() == ProblemType.UNAVAILABLE) {
                throw doesNotFit;
            }
            return null;
        }
    }

    /** The budget of the day is that of the provider who is called. */
    private void spendOn(Model model) {
        shop.db().run(tx -> {
            task.attempt().fence(tx);
            shop.records().credits().redirect(tx, task.id(), model.provider());
        });
    }

    private boolean takesChat(Model model) {
        Chat chat = order.wish().chat();
        return chat == null || chat.demand() == null || makers.providers().takesChats(model.provider());
    }
}
