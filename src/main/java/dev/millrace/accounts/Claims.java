package dev.millrace.accounts;

import dev.millrace.platform.http.Role;
import java.time.Instant;
import java.util.UUID;

/** What an access token says. */
record Claims(UUID id, UUID account, UUID session, Role role, Instant issuedAt, Instant expiresAt) {}
