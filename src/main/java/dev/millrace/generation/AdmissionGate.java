package dev.millrace.generation;

import dev.millrace.credits.Credits;
import dev.millrace.credits.Plan;
import dev.millrace.credits.Spender;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.IdempotencyHeaders;
import dev.millrace.platform.http.RateLimitHeaders;
import dev.millrace.platform.limits.Admission;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.limits.Quota;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one way in for calls that begin something that costs, whatever face they come to. What it hands to them, a
 * {@link Spender}, is what a hold asks for.
 */
public final class AdmissionGate {
    private final Credits credits;
    private final Limits limits;

    AdmissionGate(Credits credits, Limits limits) {
        this.credits = credits;
        this.limits = limits;
    }

    /** Takes a place in the caller's windows; whatever does not begin something gives it back. */
    public Begun admit(ServerRequest request, ServerResponse response, Function<Spender, Begun> call) {
        return admit(request, response, call, Function.identity());
    }

    /** The same for a call that answers more than what was begun. */
    public <T> T admit(
            ServerRequest request, ServerResponse response, Function<Spender, T> call, Function<T, Begun> begunBy) {
        Caller caller = Caller.required(request);
        Admission admission = limits.take(quotas(caller));
        RateLimitHeaders.set(response, admission);
        admission.require();
        boolean begun = false;
        try {
            T answer = call.apply(new Spender(caller.account(), caller.apiKey()));
            begun = !begunBy.apply(answer).replayed();
            if (!begun) {
                IdempotencyHeaders.replayed(response);
            }
            return answer;
        } finally {
            if (!begun) {
                limits.giveBack(admission);
                RateLimitHeaders.set(response, admission.givenBack());
            }
        }
    }

    /** Those of the account by its plan, and those of the key it comes with. */
    private List<Quota> quotas(Caller caller) {
        Plan plan = credits.plan(caller.account());
        var own = new Quota(Gauges.key(caller.account()), "", plan.perMinute(), plan.perDay());
        Caller.Key key = caller.key();
        if (key == null || key.perMinute() == null && key.perDay() == null) {
            return List.of(own);
        }
        String name = "{" + caller.account() + "}:key:" + key.id();
        return List.of(own, new Quota(name, "key-", limit(key.perMinute()), limit(key.perDay())));
    }

    private static long limit(@Nullable Long amount) {
        return amount == null ? Limits.NONE : amount;
    }
}
