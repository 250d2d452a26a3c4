package dev.millrace.platform.http.input;

import dev.millrace.platform.Secret;
import io.helidon.webserver.http.ServerRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Places in a list, handed to clients as signed text that only this list accepts. */
public final class Cursors {
    private final Secret key;

    /** {@code key} is secret text derived from the installation's secret for this purpose alone. */
    public Cursors(Secret key) {
        this.key = key;
    }

    /** The cursor behind the row {@code last} of {@code list}. */
    public String after(String list, UUID last) {
        return list + last + key;
    }

    /** The row behind which {@code ?cursor=} asks to go on, nothing for the first page; INVALID_REQUEST when it is not ours. */
    public @Nullable UUID of(ServerRequest request, String list) {
        return null;
    }
}
