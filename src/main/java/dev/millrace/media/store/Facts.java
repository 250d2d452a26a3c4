package dev.millrace.media.store;

import dev.millrace.media.MediaKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a probe found out about an original. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
public record Facts(
        MediaKind kind,
        String contentType,
        byte[] sha256,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Duration duration) {}
