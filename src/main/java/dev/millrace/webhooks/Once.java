package dev.millrace.webhooks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.Seal;
import dev.millrace.platform.idempotency.Idempotency;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Does what a call asks for once for each {@code Idempotency-Key}; a secret in its answer is kept sealed, like everywhere. */
final class Once {
    private static final String SECRET = "secret";

    private final Db db;
    private final Seal seal;

    Once(Db db, Seal seal) {
        this.db = db;
        this.seal = seal;
    }

    /** The answer to a call: of the work, or of the same call that came before under this key. */
    Told tell(UUID account, @Nullable IdempotencyKey key, Function<Tx, Made> work) {
        return db.transact(tx -> {
            Idempotency.Answer before = key == null ? null : Idempotency.begin(tx, account, key);
            if (before != null) {
                return new Told(before.status(), before.location(), opened(account, before.body()), true);
            }
            Made made = work.apply(tx);
            ObjectNode body = Json.MAPPER.valueToTree(made.body());
            if (key != null) {
                String kept = Json.write(sealed(account, body, made.secret()));
                Idempotency.keep(tx, account, key, new Idempotency.Answer(made.status(), made.location(), kept));
            }
            if (made.secret() != null) {
                body.put(SECRET, made.secret());
            }
            return new Told(made.status(), made.location(), body, false);
        });
    }

    private ObjectNode sealed(UUID account, ObjectNode body, @Nullable String secret) {
        ObjectNode kept = body.deepCopy();
        if (secret != null) {
            byte[] closed = seal.close(account.toString(), secret.getBytes(StandardCharsets.UTF_8));
            kept.put(SECRET, Base64.getEncoder().encodeToString(closed));
        }
        return kept;
    }

    private ObjectNode opened(UUID account, String kept) {
        ObjectNode body = Json.read(kept, ObjectNode.class);
        if (body.has(SECRET)) {
            byte[] secret = seal.open(
                    account.toString(),
                    Base64.getDecoder().decode(body.path(SECRET).asText()));
            body.put(SECRET, new String(secret, StandardCharsets.UTF_8));
        }
        return body;
    }

    /**
     * What was done.
     *
     * @param secret told in this answer and in no other
     */
    record Made(
            int status,
            String location,
            Object body,
            @Nullable String secret) {}

    /** What to answer. */
    record Told(int status, String location, ObjectNode body, boolean replayed) {}
}
