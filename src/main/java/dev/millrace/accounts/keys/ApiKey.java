package dev.millrace.accounts.keys;

import dev.millrace.platform.http.Scope;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key as its owner sees it.
 *
 * @param hint its last four letters
 * @param capDay credits that may be spent with it in a day (UTC); null: as many as the account may
 * @param perMinute creations in any minute, within those of the plan; null: as many as the plan has
 * @param perDay creations in any 24 hours, likewise
 * @param lastUsedAt at most some seconds behind
 */
public record ApiKey(
        UUID id,
        String name,
        String hint,
        List<Scope> scopes,
        @Nullable BigDecimal capDay,
        @Nullable Long perMinute,
        @Nullable Long perDay,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt) {
    public ApiKey {
        scopes = List.copyOf(scopes);
    }
}
