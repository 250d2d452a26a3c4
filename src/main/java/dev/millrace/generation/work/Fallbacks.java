package dev.millrace.generation.work;

import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.generation.provider.catalogue.PriceLine;
import dev.millrace.generation.store.Order;
import dev.millrace.platform.problem.Problem;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which models may make a generation: the one that was asked for, and after it those its row names, as long as nothing was shown.
 * A model that does not take the options, or counts in other units than those that were priced, is passed over.
 */
final class Fallbacks {
    private final Workshop.Makers makers;
    private final Order order;
    private final Deque<String> left = new ArrayDeque<>();

    Fallbacks(Workshop.Makers makers, Order order) {
        this.makers = makers;
        this.order = order;
    }

    /** The model to begin with: that of the call which is to be gone on with, or the one that was asked for. */
    Model first(Calls.@Nullable Last last) {
        Model asked = makers.catalogue().find(order.wish().model());
        left.addAll(asked.conduct().fallbacks());
        boolean goesOn = last != null && last.isOpen() && last.externalId() != null;
        return goesOn && last != null ? makers.catalogue().find(last.model()) : asked;
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
                    && makers.providers().of(model.provider()) != null
                    && units(model.price()).equals(units(order.price()));
            return fits ? model : null;
        } catch (Problem doesNotFit) {
            return null;
        }
    }

    private boolean takesChat(Model model) {
        Chat chat = order.wish().chat();
        return chat == null || chat.demand() == null || makers.providers().takesChats(model.provider());
    }

    private static Set<String> units(Price price) {
        return price.lines().stream().map(PriceLine::per).map(per -> per.unit()).collect(Collectors.toSet());
    }
}
