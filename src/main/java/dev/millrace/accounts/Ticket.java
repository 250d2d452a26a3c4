package dev.millrace.accounts;

import dev.millrace.platform.http.Role;
import java.time.Instant;
import java.util.UUID;

/**
 * What a stream ticket says, or the cookie that takes its place once it was used.
 *
 * @param path the one address it is good for
 */
record Ticket(UUID id, UUID account, UUID session, Role role, Instant expiresAt, String path) {
    Ticket until(Instant later) {
        return new Ticket(id, account, session, role, later, path);
    }

    /** The same, as the watch over sessions wants to know it. */
    Claims claims() {
        return new Claims(id, account, session, role, expiresAt, expiresAt);
    }
}
