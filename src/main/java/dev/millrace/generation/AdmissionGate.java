package dev.millrace.generation;

import dev.millrace.credits.Credits;
import dev.millrace.credits.Plan;
import dev.millrace.platform.http.RateLimitHeaders;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.limits.Admission;
import dev.millrace.platform.limits.Gauge;
import dev.millrace.platform.limits.Limits;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one way in for calls that begin a generation, whatever face they come to. */
public final class AdmissionGate {
    private static final HeaderName KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName REPLAYED = HeaderNames.create("Idempotent-Replayed");

    private final Credits credits;
    private final Limits limits;

    AdmissionGate(Credits credits, Limits limits) {
        this.credits = credits;
        this.limits = limits;
    }

    /** Takes a place in the caller's window; whatever does not begin something gives it back. */
    public Begun admit(ServerResponse response, UUID account, Supplier<Begun> call) {
        return admit(response, account, call, Function.identity());
    }

    /** The same for a call that answers more than what was begun. */
    public <T> T admit(ServerResponse response, UUID account, Supplier<T> call, Function<T, Begun> begunBy) {
        Plan plan = credits.plan(account);
        Admission admission = limits.take(Gauges.key(account), plan.perMinute(), plan.perDay());
        RateLimitHeaders.set(response, admission);
        admission.require();
        boolean begun = false;
        try {
            T answer = call.get();
            begun = !begunBy.apply(answer).replayed();
            if (!begun) {
                response.header(REPLAYED, "true");
            }
            return answer;
        } finally {
            if (!begun) {
                limits.giveBack(admission);
                RateLimitHeaders.set(response, givenBack(admission));
            }
        }
    }

    /** The key a call was sent with; null when there was none. */
    public static @Nullable IdempotencyKey key(ServerRequest request, byte[] body) {
        String header = request.headers().first(KEY).orElse(null);
        String call = request.prologue().method().text() + " "
                + request.prologue().uriPath().path();
        return IdempotencyKey.of(header, call, body);
    }

    /** How it stands after the place was given back. */
    private static Admission givenBack(Admission taken) {
        return new Admission(
                true, more(taken.minute()), more(taken.day()), taken.degraded(), taken.key(), taken.ticket());
    }

    private static Gauge more(Gauge gauge) {
        return gauge.limited()
                ? new Gauge(gauge.limit(), Math.min(gauge.limit(), gauge.remaining() + 1), gauge.resetSeconds())
                : gauge;
    }
}
