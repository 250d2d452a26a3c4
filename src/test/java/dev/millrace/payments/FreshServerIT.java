package dev.millrace.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.FaultProxy;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Stripe has waited for a server that was away, and tells it all at once when it is back. */
class FreshServerIT {
    /** No more than there are connections to Postgres. */
    private static final int AT_ONCE = 7;

    private static final int POOL = 10;

    /** So far away a transaction takes a second, as it does where the server has just begun to warm up. */
    private static final Duration FAR = Duration.ofMillis(100);

    @Test
    void whatComesTogetherToAServerThatHasJustStartedIsTakenAtOnce() throws Exception {
        SqlConfig near = TestServices.freshDatabase();
        URI postgres = URI.create(near.url().substring("jdbc:".length()));
        try (FaultProxy wire = FaultProxy.to(postgres.getHost(), postgres.getPort());
                FakeStripe stripe = FakeStripe.start();
                TestHouse house = TestHouse.open(
                        settings(stripe), InstantSource.system(), through(wire, near), TestHouse.secret())) {
            Waiting.until("both pools are filled", Duration.ofSeconds(60), () -> pooled(house) == 2 * POOL);
            wire.lag(FAR);
            var deliveries = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < AT_ONCE; i++) {
                ObjectNode event = event(stripe.next("evt"));
                deliveries.add(() -> StripeWebhook.deliver(house.address(), event));
            }

            List<Integer> statuses = together(deliveries);

            wire.lag(Duration.ZERO);
            assertThat(statuses).hasSize(AT_ONCE).containsOnly(200);
            long taken = house.db()
                    .read(tx -> tx.query("SELECT count(*) FROM stripe_event")
                            .mapTo(Long.class)
                            .one());
            assertThat(taken).isEqualTo(AT_ONCE);
        }
    }

    private static List<Integer> together(List<Callable<Integer>> deliveries) throws Exception {
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> delivery : threads.invokeAll(deliveries)) {
                statuses.add(delivery.get());
            }
        }
        return statuses;
    }

    /** Connections of the house and of the test; the lines beside them were made while the house was opened. */
    private static long pooled(TestHouse house) {
        return house.db().read(tx -> tx.query("""
                                SELECT count(*) FROM pg_stat_activity
                                WHERE datname = current_database() AND application_name = 'millrace'""").mapTo(Long.class).one());
    }

    private static ObjectNode event(String id) {
        ObjectNode event = Api.JSON.createObjectNode().put("id", id).put("type", "customer.updated");
        event.put("api_version", "2026-07-29.dahlia").put("livemode", false);
        event.put("created", Instant.now().getEpochSecond());
        event.putObject("data").putObject("object").put("id", "cus_1").put("object", "customer");
        return event;
    }

    private static SqlConfig through(FaultProxy wire, SqlConfig near) {
        URI address = URI.create(near.url().substring("jdbc:".length()));
        return SqlConfig.of(
                "jdbc:postgresql://127.0.0.1:" + wire.port() + address.getPath(), near.user(), near.password(), POOL);
    }

    private static Map<String, String> settings(FakeStripe stripe) {
        return Map.of(
                "MILLRACE_DATABASE_POOL",
                String.valueOf(POOL),
                "MILLRACE_STRIPE_SECRET_KEY",
                FakeStripe.KEY,
                "MILLRACE_STRIPE_WEBHOOK_SECRET",
                StripeWebhook.SECRET,
                "MILLRACE_STRIPE_BASE_URL",
                stripe.address().toString());
    }
}
