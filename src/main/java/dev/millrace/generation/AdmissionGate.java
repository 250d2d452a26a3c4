package dev.millrace.generation;

import dev.millrace.analytics.Fact;
import dev.millrace.analytics.Refusals;
import dev.millrace.credits.Credits;
import dev.millrace.credits.Plan;
import dev.millrace.credits.Spender;
import dev.millrace.platform.Micros;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.IdempotencyHeaders;
import dev.millrace.platform.http.RateLimitHeaders;
import dev.millrace.platform.limits.Admission;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.limits.Quota;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one way in for calls that begin something that costs, whatever face they come to. What it hands to them, a
 * {@link Spender}, is what a hold asks for.
 */
public final class AdmissionGate {
    /** What the names of a key's own windows begin with. */
    private static final String OF_KEY = "key-";

    private final Credits credits;
    private final Limits limits;
    private final Refusals refusals;
    private final Consumer<UUID> changed;

    /** {@code changed} is told whose windows and credits are not what they were. */
    AdmissionGate(Credits credits, Limits limits, Refusals refusals, Consumer<UUID> changed) {
        this.credits = credits;
        this.limits = limits;
        this.refusals = refusals;
        this.changed = changed;
    }

    /** Takes a place in the caller's windows; whatever does not begin something gives it back. */
    public Begun admit(ServerRequest request, ServerResponse response, Function<Spender, Begun> call) {
        return admit(request, response, call, Function.identity());
    }

    /** The same for a call that answers more than what was begun. */
    public <T> T admit(
            ServerRequest request, ServerResponse response, Function<Spender, T> call, Function<T, Begun> begunBy) {
        Caller caller = Caller.required(request);
        Plan plan = credits.plan(caller.account());
        Admission admission = limits.take(quotas(caller, plan));
        RateLimitHeaders.set(response, admission);
        if (!admission.allowed()) {
            full(caller, plan, admission);
        }
        admission.require();
        boolean begun = false;
        try {
            T answer = call.apply(new Spender(caller.account(), caller.apiKey()));
            Begun what = begunBy.apply(answer);
            begun = what.began();
            if (what.replayed()) {
                IdempotencyHeaders.replayed(response);
            }
            return answer;
        } catch (Problem refused) {
            refused(caller, plan, refused);
            throw refused;
        } finally {
            if (!begun) {
                limits.giveBack(admission);
                RateLimitHeaders.set(response, admission.givenBack());
            }
            changed.accept(caller.account());
        }
    }

    /** Those of the account by its plan, and those of the key it comes with. */
    private List<Quota> quotas(Caller caller, Plan plan) {
        var own = new Quota(Gauges.key(caller.account()), "", plan.perMinute(), plan.perDay());
        Caller.Key key = caller.key();
        if (key == null || key.perMinute() == null && key.perDay() == null) {
            return List.of(own);
        }
        String name = "{" + caller.account() + "}:key:" + key.id();
        return List.of(own, new Quota(name, OF_KEY, limit(key.perMinute()), limit(key.perDay())));
    }

    private void full(Caller caller, Plan plan, Admission admission) {
        String window = admission.full();
        boolean ofKey = window.startsWith(OF_KEY);
        var limit = new Fact.Limit(
                ofKey ? window.substring(OF_KEY.length()) : window,
                plan.id(),
                ofKey ? caller.apiKey() : null,
                admission.degraded());
        refusals.limitHit(caller.account(), limit);
    }

    /** What is refused behind the windows: there are too many in line, or there are not enough credits. */
    private void refused(Caller caller, Plan plan, Problem refused) {
        if (refused.type() == ProblemType.RATE_LIMITED) {
            refusals.limitHit(caller.account(), new Fact.Limit("waiting", plan.id(), null, false));
        }
        if (refused.type() == ProblemType.INSUFFICIENT_CREDITS
                && refused.members().get("missing") instanceof BigDecimal missing) {
            String reason = String.valueOf(refused.members().get("reason"));
            refusals.creditsRefused(caller.account(), caller.apiKey(), reason, Micros.up(missing));
        }
    }

    private static long limit(@Nullable Long amount) {
        return amount == null ? Limits.NONE : amount;
    }
}
