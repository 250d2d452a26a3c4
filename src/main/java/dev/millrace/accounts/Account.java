package dev.millrace.accounts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An account as its owner sees it. */
public record Account(
        UUID id,
        String email,
        @Nullable String name,
        String role,
        String plan,
        boolean emailVerified,
        Instant createdAt) {}
