package dev.millrace.webhooks;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.Seal;
import dev.millrace.platform.WebhookSignature;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of endpoints. */
final class Endpoints {
    /** So many of one account. */
    static final int MOST = 10;

    private static final int SECRET_BYTES = 32;

    private final Seal seal;
    private final SecureRandom random = new SecureRandom();

    Endpoints(Seal seal) {
        this.seal = seal;
    }

    private static final String LOCK_ACCOUNT = """
            SELECT id
            FROM account
            WHERE id = :account
            FOR NO KEY UPDATE""";

    private static final String COUNT = """
            SELECT count(*)
            FROM webhook_endpoint
            WHERE account = :account""";

    private static final String ADD = """
            INSERT INTO webhook_endpoint (id, account, url, description, events, credits_low_below, credits_are_low, secret)
            VALUES (:id, :account, :url, :description, string_to_array(:events, ','), :below, :low, :secret)""";

    /**
     * Adds an endpoint; answers its id and its secret.
     *
     * @param available what the account has available now: only what falls below the threshold later is told
     */
    Fresh add(Tx tx, UUID account, Wanted wanted, long available) {
        if (tx.query(LOCK_ACCOUNT)
                .bind("account", account)
                .mapTo(UUID.class)
                .findOne()
                .isEmpty()) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no such account any more.");
        }
        if (tx.query(COUNT).bind("account", account).mapTo(Integer.class).one() >= MOST) {
            throw Problem.of(
                    ProblemType.CONFLICT, "There are " + MOST + " endpoints already. Delete one that is not needed.");
        }
        UUID id = Ids.next();
        byte[] secret = secret();
        tx.update(ADD)
                .bind("id", id)
                .bind("account", account)
                .bind("url", wanted.url())
                .bind("description", wanted.description())
                .bind("events", joined(wanted.events()))
                .bind("below", wanted.creditsLowBelow())
                .bind("low", wanted.low(available))
                .bind("secret", seal.close(id.toString(), secret))
                .execute();
        return new Fresh(id, WebhookSignature.text(secret));
    }

    private static final String SEEN = """
            SELECT id, url, description, array_to_string(events, ',') AS events, credits_low_below, disabled_because, disabled_at,
                   failing_since, CASE WHEN old_secret_until > now() THEN old_secret_until END AS old_secret_until, created_at
            FROM webhook_endpoint
            """;

    private static final String PAGE = SEEN + """
            WHERE account = :account AND id < coalesce(CAST(:after AS uuid), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            ORDER BY id DESC
            LIMIT :limit""";

    List<Endpoint> page(Tx tx, UUID account, @Nullable UUID after, int limit) {
        return tx.query(PAGE)
                .bind("account", account)
                .bind("after", after)
                .bind("limit", limit)
                .mapTo(Row.class)
                .map(Row::seen)
                .list();
    }

    private static final String ONE = SEEN + """
            WHERE account = :account AND id = :id""";

    /** An endpoint of this account; throws NOT_FOUND for others. */
    Endpoint find(Tx tx, UUID account, UUID id) {
        return find(tx, ONE, account, id);
    }

    private static final String LOCKED = ONE + """

            FOR NO KEY UPDATE""";

    /** The same, locked until the end of the transaction. */
    Endpoint locked(Tx tx, UUID account, UUID id) {
        return find(tx, LOCKED, account, id);
    }

    private static Endpoint find(Tx tx, String statement, UUID account, UUID id) {
        return tx.query(statement)
                .bind("account", account)
                .bind("id", id)
                .mapTo(Row.class)
                .findOne()
                .map(Row::seen)
                .orElseThrow(Endpoints::nothing);
    }

    /** Failures are counted anew when it is enabled again or moves. */
    private static final String CHANGE = """
            UPDATE webhook_endpoint
            SET url = :url, description = :description, events = string_to_array(:events, ','), credits_low_below = :below,
                credits_are_low = :low,
                disabled_at = CASE WHEN :enabled THEN NULL ELSE coalesce(disabled_at, now()) END,
                disabled_because = CASE WHEN :enabled THEN NULL ELSE coalesce(disabled_because, 'owner') END,
                failing_since = CASE WHEN :enabled AND disabled_at IS NOT NULL OR url <> :url THEN NULL ELSE failing_since END,
                rest_until = CASE WHEN :enabled AND disabled_at IS NOT NULL OR url <> :url THEN NULL ELSE rest_until END
            WHERE id = :id""";

    /** Makes a locked endpoint what it is to be. */
    void change(Tx tx, UUID id, Wanted wanted, boolean enabled, long available) {
        tx.update(CHANGE)
                .bind("id", id)
                .bind("url", wanted.url())
                .bind("description", wanted.description())
                .bind("events", joined(wanted.events()))
                .bind("below", wanted.creditsLowBelow())
                .bind("low", wanted.low(available))
                .bind("enabled", enabled)
                .execute();
    }

    private static final String DELETE = """
            DELETE FROM webhook_endpoint
            WHERE account = :account AND id = :id""";

    /** Deletes it with all that was told to it and all that was to be. */
    void delete(Tx tx, UUID account, UUID id) {
        if (tx.update(DELETE).bind("account", account).bind("id", id).execute() == 0) {
            throw nothing();
        }
    }

    private static final String ROTATE = """
            UPDATE webhook_endpoint
            SET old_secret = secret, old_secret_until = now() + interval '24 hours', secret = :secret
            WHERE account = :account AND id = :id""";

    /** Gives it a new secret; the one before signs along for a day. */
    Fresh rotate(Tx tx, UUID account, UUID id) {
        byte[] secret = secret();
        int rows = tx.update(ROTATE)
                .bind("account", account)
                .bind("id", id)
                .bind("secret", seal.close(id.toString(), secret))
                .execute();
        if (rows == 0) {
            throw nothing();
        }
        return new Fresh(id, WebhookSignature.text(secret));
    }

    private static final String TARGET = """
            SELECT id, account, url, secret, CASE WHEN old_secret_until > now() THEN old_secret END AS old_secret
            FROM webhook_endpoint
            WHERE id = :id AND disabled_at IS NULL AND (rest_until IS NULL OR rest_until <= now())""";

    /** Where to send and how to sign; null when there is nothing to send to at present. */
    @Nullable
    Target target(Tx tx, UUID id) {
        TargetRow row =
                tx.query(TARGET).bind("id", id).mapTo(TargetRow.class).findOne().orElse(null);
        if (row == null) {
            return null;
        }
        var secrets = new ArrayList<byte[]>();
        secrets.add(seal.open(id.toString(), row.secret()));
        if (row.oldSecret() != null) {
            secrets.add(seal.open(id.toString(), row.oldSecret()));
        }
        return new Target(row.id(), row.account(), URI.create(row.url()), secrets);
    }

    private static final String WENT_WELL = """
            UPDATE webhook_endpoint
            SET failing_since = NULL
            WHERE id = :id AND failing_since IS NOT NULL""";

    void wentWell(Tx tx, UUID id) {
        tx.update(WENT_WELL).bind("id", id).execute();
    }

    private static final String FAILED = """
            UPDATE webhook_endpoint
            SET failing_since = coalesce(failing_since, now()),
                rest_until = CASE WHEN :rest > 0 THEN greatest(rest_until, now() + make_interval(secs => :rest)) ELSE rest_until END,
                disabled_because = CASE WHEN :gone THEN 'gone' WHEN failing_since < now() - interval '5 days' THEN 'failing' END,
                disabled_at = CASE WHEN :gone OR failing_since < now() - interval '5 days' THEN now() END
            WHERE id = :id AND disabled_at IS NULL
            RETURNING disabled_at IS NOT NULL""";

    /**
     * Notes a failure.
     *
     * @param gone it said that it will never be there again
     * @param rest how long it asked to be left alone
     */
    After failed(Tx tx, UUID id, boolean gone, Duration rest) {
        return tx.query(FAILED)
                .bind("id", id)
                .bind("gone", gone)
                .bind("rest", rest.toMillis() / 1e3)
                .mapTo(Boolean.class)
                .findOne()
                .map(disabled -> disabled ? After.DISABLED : After.ENABLED)
                .orElse(After.DISABLED_BEFORE);
    }

    /** What a failure made of an endpoint. */
    enum After {
        ENABLED,
        /** By this very failure. */
        DISABLED,
        /** Or it is not there any more. */
        DISABLED_BEFORE
    }

    static Problem nothing() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no endpoint with this id.");
    }

    private byte[] secret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }

    private static String joined(List<EventType> events) {
        return String.join(",", events.stream().map(EventType::code).toList());
    }

    /** A secret that was just made, in the form in which it is shown this once. */
    record Fresh(UUID id, String secret) {}

    /** What an endpoint is to be. */
    record Wanted(
            String url,
            String description,
            List<EventType> events,
            @Nullable Long creditsLowBelow) {
        boolean low(long available) {
            return creditsLowBelow != null && available < creditsLowBelow;
        }
    }

    /** Where messages go, and the secrets that sign them. */
    record Target(UUID id, UUID account, URI url, List<byte[]> secrets) {
        @Override
        public String toString() {
            return "endpoint " + id;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a row, read once
    private record TargetRow(UUID id, UUID account, String url, byte[] secret, byte @Nullable [] oldSecret) {}

    private record Row(
            UUID id,
            String url,
            String description,
            String events,
            @Nullable Long creditsLowBelow,
            @Nullable String disabledBecause,
            @Nullable Instant disabledAt,
            @Nullable Instant failingSince,
            @Nullable Instant oldSecretUntil,
            Instant createdAt) {
        Endpoint seen() {
            Endpoint.Disabled disabled = disabledBecause == null || disabledAt == null
                    ? null
                    : new Endpoint.Disabled(disabledBecause, disabledAt);
            return new Endpoint(
                    id,
                    url,
                    description,
                    Arrays.stream(events.split(",", -1)).map(EventType::of).toList(),
                    creditsLowBelow == null ? null : Micros.credits(creditsLowBelow),
                    disabled == null ? "enabled" : "disabled",
                    disabled,
                    failingSince,
                    oldSecretUntil,
                    createdAt);
        }
    }
}
