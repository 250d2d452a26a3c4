package dev.millrace.payments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.jobs.Enqueue;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Stripe said, recorded before anything is done about it: the row and its job are one commit, and each event has one row. */
final class Inbox {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    /** Jobs belong to an account; these are the house's own. */
    private static final UUID HOUSE = UUID.fromString("00000000-0000-7000-8000-000000000001");

    private final Db db;
    private final Jobs jobs;
    private final boolean live;

    Inbox(Db db, Jobs jobs, boolean live) {
        this.db = db;
        this.jobs = jobs;
        this.live = live;
    }

    /** An event in the words of a webhook that was verified; null when that is no event. Of its object only the id is taken. */
    static Seen.@Nullable Event parse(String text) {
        JsonNode event;
        try {
            event = Json.MAPPER.readTree(text);
        } catch (JsonProcessingException noJson) {
            return null;
        }
        String id = event.path("id").asText("");
        String type = event.path("type").asText("");
        if (id.isEmpty() || id.length() > 255 || type.isEmpty() || type.length() > 255) {
            return null;
        }
        // thin events name their object elsewhere, and we have none of those turned on
        JsonNode object = event.path("data").path("object").path("id");
        return new Seen.Event(
                id,
                type,
                object.isTextual() ? object.asText() : null,
                event.path("livemode").asBoolean(false),
                event.path("api_version").asText(null),
                Instant.ofEpochSecond(event.path("created").asLong(0)));
    }

    /** Records an event and has it handled; one that is known already changes nothing. */
    void take(Seen.Event event, String source) {
        db.run(tx -> {
            take(tx, event, source);
            KillPoint.reach("event-before-commit");
        });
    }

    private static final String INSERT = """
            INSERT INTO stripe_event (id, type, object, livemode, api_version, source, state, note, created_at, processed_at)
            VALUES (:id, :type, :object, :livemode, :apiVersion, :source, :state, :note, :createdAt,
                    CASE WHEN :state <> 'received' THEN now() END)
            ON CONFLICT (id) DO NOTHING""";

    /** Whether it was new. */
    boolean take(Tx tx, Seen.Event event, String source) {
        boolean ours = event.livemode() == live;
        boolean known = Till.handles(event.type()) && event.object() != null;
        String state = ours ? (known ? "received" : "ignored") : "refused";
        boolean fresh = tx.update(INSERT)
                        .bind("id", event.id())
                        .bind("type", event.type())
                        .bind("object", event.object())
                        .bind("livemode", event.livemode())
                        .bind("apiVersion", event.apiVersion())
                        .bind("source", source)
                        .bind("state", state)
                        .bind("note", ours ? null : "of the other mode")
                        .bind("createdAt", event.createdAt())
                        .execute()
                == 1;
        if (fresh && !ours) {
            LOG.error(
                    "event {} is of {} mode and this server is not: it is refused",
                    event.id(),
                    event.livemode() ? "live" : "test");
        }
        if (fresh && state.equals("received")) {
            enqueue(tx, event.id());
        }
        return fresh;
    }

    private void enqueue(Tx tx, String event) {
        jobs.enqueue(tx, HOUSE, new HandleEvent(event), Enqueue.keyed("stripe:" + event));
    }

    private static final String FIND = """
            SELECT id, type, object
            FROM stripe_event
            WHERE id = :id AND state IN ('received', 'parked')""";

    /** An event that waits to be handled; null when it was. */
    @Nullable
    Waiting find(String id) {
        return db.read(tx ->
                tx.query(FIND).bind("id", id).mapTo(Waiting.class).findOne().orElse(null));
    }

    private static final String MARK = """
            UPDATE stripe_event
            SET state = :state, note = :note, processed_at = now()
            WHERE id = :id AND state IN ('received', 'parked')""";

    void mark(Tx tx, String id, Verdict verdict) {
        tx.update(MARK)
                .bind("id", id)
                .bind("state", verdict.state())
                .bind("note", verdict.note())
                .execute();
    }

    private static final String STUCK = """
            SELECT id
            FROM stripe_event
            WHERE state IN ('received', 'parked') AND received_at > now() - interval '30 days'
              AND coalesce(processed_at, received_at) < now() - interval '30 minutes'
            ORDER BY coalesce(processed_at, received_at)
            LIMIT 1000""";

    /** Has those handled again that nobody could act upon before; a job that lives already stays the only one. */
    int again(Tx tx) {
        List<String> stuck = tx.query(STUCK).mapTo(String.class).list();
        stuck.forEach(event -> enqueue(tx, event));
        return stuck.size();
    }

    /** An event that waits. */
    record Waiting(String id, String type, String object) {}
}
