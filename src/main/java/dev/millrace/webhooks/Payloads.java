package dev.millrace.webhooks;

import dev.millrace.generation.Generations;
import dev.millrace.media.Media;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a message says: its subject as the API shows it at this moment, with addresses that are good for some hours from now. */
final class Payloads {
    private final Db db;
    private final Generations generations;
    private final Media media;

    Payloads(Db db, Generations generations, Media media) {
        this.db = db;
        this.generations = generations;
        this.media = media;
    }

    /** The body of the message; null when there is nothing left to tell of. */
    byte @Nullable [] of(UUID account, Deliveries.Due due) {
        try {
            Object data = due.data() == null ? subject(account, due) : due.data();
            return Json.bytes(new Payload(due.type(), due.createdAt(), data));
        } catch (Problem gone) {
            if (gone.type() == ProblemType.NOT_FOUND) {
                return null;
            }
            throw gone;
        }
    }

    private Object subject(UUID account, Deliveries.Due due) {
        return switch (EventType.of(due.type())) {
            case GENERATION_COMPLETED, GENERATION_FAILED, GENERATION_CANCELED ->
                generations.find(account, due.subject());
            case ASSET_READY, ASSET_REJECTED -> db.read(tx -> media.find(tx, account, due.subject()));
            case CREDITS_LOW -> throw new IllegalStateException(due.type() + " without its figures");
        };
    }

    /** {@code timestamp} is when it happened. */
    private record Payload(String type, Instant timestamp, Object data) {}
}
