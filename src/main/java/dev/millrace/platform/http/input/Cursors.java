package dev.millrace.platform.http.input;

import dev.millrace.platform.Keys;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Places in a list, handed to clients as signed text that only this list accepts. */
public final class Cursors {
    private static final int SEAL = 16;
    private static final int LONGEST = 256;

    private final byte[] key;

    /** Keys of its own purpose are derived, so every room may make its own and all agree. */
    public Cursors(Keys keys) {
        this.key = keys.derive("cursors");
    }

    /** The cursor behind the row {@code last} of {@code list}. */
    public String after(String list, UUID last) {
        return after(list, last.toString());
    }

    /** The cursor behind a place that is not an id. */
    public String after(String list, String place) {
        byte[] text = place.getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(text, text.length + SEAL);
        System.arraycopy(seal(list, place), 0, whole, text.length, SEAL);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    /** The row behind which {@code ?cursor=} asks to go on, nothing for the first page; INVALID_REQUEST when it is not ours. */
    public @Nullable UUID of(ServerRequest request, String list) {
        String place = place(request, list);
        return place == null ? null : UUID.fromString(place);
    }

    /** The same for a place that is not an id. */
    public @Nullable String place(ServerRequest request, String list) {
        String cursor = Params.query(request, "cursor");
        if (cursor == null) {
            return null;
        }
        String place = open(list, cursor);
        if (place == null) {
            throw Params.refusal("cursor", "invalid_text", "must be one that this list gave out");
        }
        return place;
    }

    @Nullable
    String open(String list, String cursor) {
        if (cursor.length() > LONGEST) {
            return null;
        }
        byte[] whole;
        try {
            whole = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
        int length = whole.length - SEAL;
        if (length <= 0) {
            return null;
        }
        String place = new String(whole, 0, length, StandardCharsets.UTF_8);
        // compared as text: one cursor has one spelling, although Base64 can be written in several
        byte[] ours = after(list, place).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(ours, cursor.getBytes(StandardCharsets.UTF_8)) ? place : null;
    }

    private byte[] seal(String list, String place) {
        byte[] message = (list + "\0" + place).getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(Keys.hmac(key, message), SEAL);
    }
}
