package dev.millrace.accounts;

import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tickets as text: their fields and an HMAC over them, in the alphabet that needs no escaping in addresses and cookies. A ticket
 * and a cookie are signed with different keys, so that neither passes for the other.
 */
final class TicketText {
    private static final int SIGNATURE = 32;
    private static final int FIELDS = 16 * 3 + 1 + 8;
    private static final int LONGEST = 1024;

    private final byte[] key;

    TicketText(Keys keys, String purpose) {
        this.key = keys.derive(purpose);
    }

    String write(Ticket ticket) {
        byte[] path = ticket.path().getBytes(StandardCharsets.UTF_8);
        byte[] fields = ByteBuffer.allocate(FIELDS + path.length)
                .putLong(ticket.id().getMostSignificantBits())
                .putLong(ticket.id().getLeastSignificantBits())
                .putLong(ticket.account().getMostSignificantBits())
                .putLong(ticket.account().getLeastSignificantBits())
                .putLong(ticket.session().getMostSignificantBits())
                .putLong(ticket.session().getLeastSignificantBits())
                .put((byte) (ticket.role() == Role.ADMIN ? 1 : 0))
                .putLong(ticket.expiresAt().toEpochMilli())
                .put(path)
                .array();
        byte[] signed = Arrays.copyOf(fields, fields.length + SIGNATURE);
        System.arraycopy(Keys.hmac(key, fields), 0, signed, fields.length, SIGNATURE);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    }

    /** What the text says; null unless we wrote exactly this text. */
    @Nullable
    Ticket read(String text) {
        byte[] signed = decoded(text);
        if (signed == null || signed.length < FIELDS + SIGNATURE) {
            return null;
        }
        byte[] fields = Arrays.copyOf(signed, signed.length - SIGNATURE);
        byte[] signature = Arrays.copyOfRange(signed, fields.length, signed.length);
        return MessageDigest.isEqual(signature, Keys.hmac(key, fields)) ? ticket(ByteBuffer.wrap(fields)) : null;
    }

    private static Ticket ticket(ByteBuffer fields) {
        var id = new UUID(fields.getLong(), fields.getLong());
        var account = new UUID(fields.getLong(), fields.getLong());
        var session = new UUID(fields.getLong(), fields.getLong());
        Role role = fields.get() == 1 ? Role.ADMIN : Role.USER;
        Instant expiresAt = Instant.ofEpochMilli(fields.getLong());
        byte[] path = new byte[fields.remaining()];
        fields.get(path);
        return new Ticket(id, account, session, role, expiresAt, new String(path, StandardCharsets.UTF_8));
    }

    /** Only the one spelling that we write: base64 leaves room for others in its last character. */
    private static byte @Nullable [] decoded(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
