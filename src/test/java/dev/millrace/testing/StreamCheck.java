package dev.millrace.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One reader's view of one generation over all its connections, and what must hold of it: ids only grow, percent never falls
 * and reaches 100 in no event but the end, exactly one terminal event comes and comes last, the text put together from deltas and
 * resets is the text of the row, and at no time was any of it said twice or left out.
 *
 * <p>Faults are collected, not thrown, so that a test can show the checker finding planted ones.
 */
public final class StreamCheck {
    private static final Set<String> TERMINAL = Set.of("completed", "failed", "canceled");
    private static final Set<String> UNNUMBERED = Set.of("limits", "reconnect", "session_revoked");

    private final List<String> faults = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable String lastId;
    private @Nullable JsonNode end;
    private double percent;
    private int events;

    /** Takes in the next event as it was read. */
    public void saw(SseReader.Event event) {
        if (UNNUMBERED.contains(event.event())) {
            if (event.id() != null) {
                faults.add(event.event() + " carries an id");
            }
            return;
        }
        events++;
        if (end != null) {
            faults.add(event.event() + " after the terminal event");
        }
        order(event);
        JsonNode data = json(event.data());
        switch (event.event()) {
            case "delta" -> {
                text.append(data.path("text").asText());
                place(event);
            }
            case "reset" -> {
                text.setLength(0);
                text.append(data.path("text").asText());
            }
            case "progress" -> progress(data.path("percent").asDouble());
            default -> {
                if (TERMINAL.contains(event.event())) {
                    end = data;
                }
            }
        }
    }

    /** Compares what was seen with the row; call it when the stream is over. */
    public List<String> compare(JsonNode row) {
        if (end == null) {
            faults.add("no terminal event");
            return faults;
        }
        if (!end.path("status").asText().equals(row.path("status").asText())) {
            faults.add("the stream ended " + end.path("status") + ", the row is " + row.path("status"));
        }
        String stored = row.path("text").isTextual() ? row.path("text").asText() : "";
        if (!text.toString().equals(stored)) {
            faults.add("the text differs from the row's: " + difference(text.toString(), stored));
        }
        if (!end.path("receipt").equals(row.path("receipt"))) {
            faults.add("receipts differ: " + end.path("receipt") + " and " + row.path("receipt"));
        }
        if (!end.path("assets").equals(row.path("assets"))
                && end.path("assets").size() != row.path("assets").size()) {
            faults.add("assets differ: " + end.path("assets") + " and " + row.path("assets"));
        }
        return faults;
    }

    /** Where to resume. */
    public @Nullable String lastId() {
        return lastId;
    }

    public boolean ended() {
        return end != null;
    }

    public int events() {
        return events;
    }

    public String text() {
        return text.toString();
    }

    private void order(SseReader.Event event) {
        String id = event.id();
        if (id == null) {
            faults.add(event.event() + " carries no id");
            return;
        }
        if (lastId != null && compareIds(id, lastId) <= 0) {
            faults.add(event.event() + " " + id + " came after " + lastId);
        }
        lastId = id;
    }

    /** The id of a delta says how many bytes of text its reader has now, whatever connections he had. */
    private void place(SseReader.Event event) {
        String id = String.valueOf(event.id());
        long bytes = text.toString().getBytes(StandardCharsets.UTF_8).length;
        if (!id.endsWith("." + bytes)) {
            faults.add("delta " + id + " made the text " + bytes + " bytes long");
        }
    }

    private void progress(double now) {
        if (now < percent) {
            faults.add("percent fell from " + percent + " to " + now);
        }
        if (now > 99) {
            faults.add("percent " + now + " before the end");
        }
        percent = now;
    }

    /** Ids are {@code <epoch>.<seq>.<bytes>}; epoch and seq give the order. */
    static int compareIds(String one, String other) {
        String[] a = one.split("\\.", -1);
        String[] b = other.split("\\.", -1);
        int epoch = Long.compare(Long.parseLong(a[0]), Long.parseLong(b[0]));
        return epoch != 0 ? epoch : Long.compare(Long.parseLong(a[1]), Long.parseLong(b[1]));
    }

    private static String difference(String seen, String stored) {
        int at = 0;
        while (at < Math.min(seen.length(), stored.length()) && seen.charAt(at) == stored.charAt(at)) {
            at++;
        }
        return "at " + at + " of " + seen.length() + " and " + stored.length() + ": saw '" + part(seen, at)
                + "', stored '" + part(stored, at) + "'";
    }

    private static String part(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + 40));
    }

    private static JsonNode json(String data) {
        try {
            return Api.JSON.readTree(data);
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
