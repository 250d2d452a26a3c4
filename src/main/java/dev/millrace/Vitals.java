package dev.millrace;

import dev.millrace.credits.Budget;
import dev.millrace.credits.LedgerWatch;
import dev.millrace.generation.traffic.Traffic;
import dev.millrace.platform.http.Health;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import dev.millrace.webhooks.Webhooks;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * How the process is: the check behind {@code /health/ready} and the figures behind {@code /metrics}.
 *
 * <p>The database is asked on a line of its own, at most once a second however often somebody wants to know, so that neither a
 * full pool nor a curious load balancer changes the answer.
 */
final class Vitals implements AutoCloseable {
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Line line;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MultiGauge spent =
            MultiGauge.builder("millrace.provider.budget.used").register(metrics);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private volatile Look last = new Look(false, System.nanoTime() - FRESH_NANOS);

    Vitals(Db db, Redis redis) {
        this.line = db.line("millrace-health");
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        new UptimeMetrics().bindTo(metrics);
        collections.bindTo(metrics);
        Gauge.builder("millrace.database.busy", db, pool -> pool.load().busy()).register(metrics);
        Gauge.builder("millrace.database.waiting", db, pool -> pool.load().waiting())
                .register(metrics);
        Gauge.builder("millrace.database.line", db, pool -> pool.load().inLine())
                .register(metrics);
        Gauge.builder("millrace.redis.up", redis, one -> one.up() ? 1 : 0).register(metrics);
    }

    /** Adds how the calls to each vendor stand: running, waiting for a permit, models left alone because they fail. */
    void watch(Set<String> providers, Function<String, Traffic.Standing> traffic) {
        providers.forEach(name -> {
            gauge("millrace.provider.running", name, () -> traffic.apply(name).running());
            gauge("millrace.provider.waiting", name, () -> traffic.apply(name).waiting());
            gauge("millrace.provider.broken", name, () -> traffic.apply(name).broken());
        });
    }

    /** Adds whether limits are shared by all nodes, how many calls were decided without Redis, and how many were refused. */
    void watch(Limits limits) {
        Gauge.builder("millrace.limits.degraded", limits, one -> one.shared() ? 0 : 1)
                .register(metrics);
        FunctionCounter.builder(
                        "millrace.limits.degraded.calls",
                        limits,
                        one -> one.counts().degraded())
                .register(metrics);
        FunctionCounter.builder(
                        "millrace.limits.refused", limits, one -> one.counts().refused())
                .register(metrics);
    }

    /** Says how much of the operator's budget for each provider is spent today, from 0 to 1. */
    void told(List<Budget> all) {
        spent.register(
                all.stream()
                        .map(one -> MultiGauge.Row.of(Tags.of("provider", one.provider()), used(one)))
                        .toList(),
                true);
    }

    private static double used(Budget budget) {
        return budget.limitMicros() == 0 ? 1 : (double) budget.spentMicros() / budget.limitMicros();
    }

    /**
     * Adds what the last check of the books found: anything but zero is an alarm, and so is a check that is hours old; and how many
     * events of the payment service no webhook had brought.
     */
    void watch(Supplier<LedgerWatch.Standing> books, Supplier<Number> missedEvents) {
        Gauge.builder("millrace.payments.missed.events", missedEvents).register(metrics);
        Gauge.builder("millrace.ledger.broken", () -> books.get().broken()).register(metrics);
        Gauge.builder("millrace.ledger.checked.seconds", () -> {
                    Instant at = books.get().checkedAt();
                    return at == null ? Double.NaN : at.until(Instant.now(), ChronoUnit.MILLIS) / 1e3;
                })
                .register(metrics);
    }

    /** Adds what came of the attempts to tell webhooks. */
    void watch(Supplier<Webhooks.Counts> counts) {
        deliveries("delivered", counts, Webhooks.Counts::delivered);
        deliveries("retried", counts, Webhooks.Counts::retried);
        deliveries("failed", counts, Webhooks.Counts::failed);
    }

    private void deliveries(
            String outcome, Supplier<Webhooks.Counts> counts, ToDoubleFunction<Webhooks.Counts> figure) {
        FunctionCounter.builder("millrace.webhooks.attempts", counts, all -> figure.applyAsDouble(all.get()))
                .tag("outcome", outcome)
                .register(metrics);
    }

    private void gauge(String name, String provider, Supplier<Number> value) {
        Gauge.builder(name, value).tag("provider", provider).register(metrics);
    }

    Health health() {
        return new Health(Map.of("database", this::database), metrics);
    }

    PrometheusMeterRegistry metrics() {
        return metrics;
    }

    @Override
    public void close() {
        line.close();
        collections.close();
        metrics.close();
    }

    private boolean database() {
        Look present = last;
        if (System.nanoTime() - present.atNanos < FRESH_NANOS) {
            return present.good;
        }
        var now = new Look(answers(), System.nanoTime());
        last = now;
        return now.good;
    }

    private boolean answers() {
        try {
            return line.transact(
                    tx -> tx.query("SELECT true").mapTo(Boolean.class).one());
        } catch (RuntimeException away) {
            return false;
        }
    }

    private record Look(boolean good, long atNanos) {}
}
