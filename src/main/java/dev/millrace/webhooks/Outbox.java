package dev.millrace.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.credits.Balance;
import dev.millrace.credits.CreditNews;
import dev.millrace.generation.work.EndNews;
import dev.millrace.media.AssetStatus;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.jobs.Enqueue;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the rooms say what has happened. Each verb joins the transaction in which it happens; for an account that nobody listens for
 * it is one look at an index and nothing more.
 *
 * <p>Locks are taken in one order everywhere: the endpoint, its courier's job, deliveries.
 */
public final class Outbox {
    private final Jobs jobs;

    /** The workers of {@link Webhooks} are to be registered before the first event. */
    public Outbox(Jobs jobs) {
        this.jobs = jobs;
    }

    private static final String LISTENING = """
            SELECT DISTINCT account
            FROM webhook_endpoint
            WHERE account = ANY(:accounts) AND disabled_at IS NULL""";

    /** Generations are over. */
    public void ended(Tx tx, List<EndNews.Ended> all) {
        Set<UUID> listening = listening(tx, all.stream().map(EndNews.Ended::account));
        for (EndNews.Ended one : all) {
            EventType type = switch (one.status()) {
                case COMPLETED -> EventType.GENERATION_COMPLETED;
                case FAILED -> EventType.GENERATION_FAILED;
                case CANCELED -> EventType.GENERATION_CANCELED;
                case QUEUED, RUNNING, PROCESSING -> throw new IllegalArgumentException(one.status() + " is no end");
            };
            if (listening.contains(one.account())) {
                tell(tx, one.account(), type, one.generation());
            }
        }
    }

    private static Set<UUID> listening(Tx tx, Stream<UUID> accounts) {
        List<UUID> all = accounts.distinct().toList();
        return all.isEmpty()
                ? Set.of()
                : tx.query(LISTENING)
                        .bindArray("accounts", UUID.class, all)
                        .mapTo(UUID.class)
                        .set();
    }

    /** An asset is ready or rejected. */
    public void finished(Tx tx, UUID account, UUID asset, AssetStatus status) {
        EventType type = switch (status) {
            case READY -> EventType.ASSET_READY;
            case REJECTED -> EventType.ASSET_REJECTED;
            case PROCESSING -> throw new IllegalArgumentException(status + " is no end");
        };
        tell(tx, account, type, asset);
    }

    private static final String WATCH_CREDITS = """
            SELECT id, credits_low_below, credits_are_low
            FROM webhook_endpoint
            WHERE account = :account AND disabled_at IS NULL AND 'credits.low' = ANY(events)
            ORDER BY id
            FOR KEY SHARE""";

    private static final String NOTE_CREDITS = """
            UPDATE webhook_endpoint
            SET credits_are_low = :low
            WHERE id = :id""";

    /** Accounts have more or less available than before: each endpoint is told once when that falls below its threshold. */
    public void changed(Tx tx, List<CreditNews.Change> changes) {
        Set<UUID> listening = listening(tx, changes.stream().map(CreditNews.Change::account));
        for (CreditNews.Change change : changes) {
            if (listening.contains(change.account())) {
                changed(tx, change.account(), change.before(), change.after());
            }
        }
    }

    private void changed(Tx tx, UUID account, Balance before, Balance after) {
        UUID message = Ids.next();
        for (Watched one : tx.query(WATCH_CREDITS)
                .bind("account", account)
                .mapTo(Watched.class)
                .list()) {
            // what holds set free in between was not told, but shows in what there was before
            boolean wasLow = one.creditsAreLow() && before.available() < one.creditsLowBelow();
            boolean low = after.available() < one.creditsLowBelow();
            if (low != one.creditsAreLow()) {
                tx.update(NOTE_CREDITS).bind("id", one.id()).bind("low", low).execute();
            }
            if (low && !wasLow) {
                JsonNode data = Json.MAPPER.valueToTree(CreditsLow.of(one.creditsLowBelow(), after));
                add(tx, one.id(), new Message(message, EventType.CREDITS_LOW.code(), account, data));
                send(tx, account, one.id());
            }
        }
    }

    private static final String WANTED = """
            SELECT id
            FROM webhook_endpoint
            WHERE account = :account AND disabled_at IS NULL AND :type = ANY(events)
            ORDER BY id
            FOR KEY SHARE""";

    private void tell(Tx tx, UUID account, EventType type, UUID subject) {
        List<UUID> endpoints = tx.query(WANTED)
                .bind("account", account)
                .bind("type", type.code())
                .mapTo(UUID.class)
                .list();
        if (endpoints.isEmpty()) {
            return;
        }
        var message = new Message(Ids.next(), type.code(), subject, null);
        for (UUID endpoint : endpoints) {
            add(tx, endpoint, message);
            send(tx, account, endpoint);
        }
    }

    private static final String ADD = """
            INSERT INTO webhook_delivery (id, endpoint, message, type, subject, data, due_at)
            VALUES (:id, :endpoint, :message, :type, :subject, CAST(:data AS jsonb), now())""";

    /** Writes a delivery down, due at once; answers its id. */
    UUID add(Tx tx, UUID endpoint, Message message) {
        UUID id = Ids.next();
        tx.update(ADD)
                .bind("id", id)
                .bind("endpoint", endpoint)
                .bind("message", message.id())
                .bind("type", message.type())
                .bind("subject", message.subject())
                .bind("data", message.data() == null ? null : Json.write(message.data()))
                .execute();
        return id;
    }

    /** Has the endpoint's courier begin when this transaction is durable; one that is at work sees to it before he goes. */
    void send(Tx tx, UUID account, UUID endpoint) {
        jobs.enqueue(tx, account, new DeliverWebhooks(endpoint), Enqueue.keyed("webhooks:" + endpoint));
    }

    /** Has him begin later; once for each moment. */
    void sendLater(Tx tx, UUID account, UUID endpoint, Duration wait, long moment) {
        String key = "webhooks:" + endpoint + ":" + moment;
        jobs.enqueue(tx, account, new WakeCourier(endpoint), Enqueue.after(wait).withKey(key));
    }

    /**
     * What is told.
     *
     * @param data null when it is read from the subject as it is sent
     */
    record Message(
            UUID id, String type, UUID subject, @Nullable JsonNode data) {}

    private record Watched(UUID id, long creditsLowBelow, boolean creditsAreLow) {}

    private record CreditsLow(BigDecimal creditsLowBelow, BigDecimal balance, BigDecimal held, BigDecimal available) {
        static CreditsLow of(long thresholdMicros, Balance now) {
            return new CreditsLow(
                    Micros.credits(thresholdMicros),
                    Micros.credits(now.balance()),
                    Micros.credits(now.held()),
                    Micros.credits(now.available()));
        }
    }
}
