package dev.millrace.generation.provider.fal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.wire.SseEvent;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.SseParser;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.outbound.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Understands a status stream. Each event brings the lines of the log that are new, so they are kept. */
final class StatusReading {
    private static final int KEPT_LOG = 16 * 1024;

    private final Consumer<Sighting> told;
    private final StringBuilder log = new StringBuilder();
    private boolean ended;

    /**
     * @param told hears where the request stands, again and again
     */
    StatusReading(Consumer<Sighting> told) {
        this.told = told;
    }

    /** Reads the stream until the request is over, or as far as it goes. */
    void read(Answer answer) throws IOException {
        var parser = new SseParser(SseLimits.TEXT, this::heard);
        var buffer = new byte[8 * 1024];
        InputStream body = answer.body();
        for (int count = body.read(buffer); count >= 0 && !ended; count = body.read(buffer)) {
            parser.feed(buffer, 0, count);
        }
    }

    /** Whether it was told that the request is over. */
    boolean ended() {
        return ended;
    }

    private void heard(SseEvent event) {
        JsonNode json = ended ? null : WireJson.read(event.data());
        if (json == null || !json.isObject() || WireJson.text(json, "status") == null) {
            return;
        }
        var status = new FalStatus(json);
        log.append(status.log());
        if (log.length() > 2 * KEPT_LOG) {
            log.delete(0, log.length() - KEPT_LOG);
        }
        told.accept(status.sighting(log.toString()));
        ended = status.completed();
    }
}
