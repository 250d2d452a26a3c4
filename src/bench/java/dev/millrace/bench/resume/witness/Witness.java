package dev.millrace.bench.resume.witness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one reader was told of one generation over all his connections, and what must hold of it: ids only grow, each says how many
 * bytes of text there were, percent never falls, one terminal event comes and comes last, the text is the row's, every event that
 * must not be lost was told, and none that the log does not have.
 */
public final class Witness {
    private static final Set<String> TERMINAL = Set.of("completed", "failed", "canceled");
    private static final Set<String> TEXT = Set.of("delta", "reset");
    private static final Set<String> UNNUMBERED = Set.of("limits", "reconnect");
    /** Deltas come merged, progress and previews may be dropped; these neither. */
    private static final Set<String> KEPT =
            Set.of("queued", "started", "retrying", "reset", "asset", "completed", "failed", "canceled");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Told> told = new ArrayList<>();
    private final Set<Integer> firsts = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private State state = new State();
    private boolean connected;

    /** The reader connects and says what he has: the first so many events; he forgets the others. Answers the id to resume behind. */
    public @Nullable String resume(int kept) {
        if (kept < told.size()) {
            told.subList(kept, told.size()).clear();
            firsts.removeIf(index -> index >= kept);
            state = new State();
            var known = new ArrayList<String>();
            for (int i = 0; i < kept; i++) {
                state.take(told.get(i), firsts.contains(i), known);
            }
        }
        connected = true;
        return told.isEmpty() ? null : told.getLast().id();
    }

    /** Takes in the next event; those without id are judged and not kept. */
    public void hear(Told event) {
        if (UNNUMBERED.contains(event.event())) {
            if (event.id() != null) {
                faults.add(event.event() + " carries the id " + event.id());
            }
            return;
        }
        boolean first = connected;
        connected = false;
        if (first) {
            firsts.add(told.size());
        }
        told.add(event);
        state.take(event, first, faults);
    }

    /** Something wrong that only the connection shows. */
    public void fault(String what) {
        faults.add(what);
    }

    /** Events with an id so far. */
    public int size() {
        return told.size();
    }

    public boolean ended() {
        return state.end != null;
    }

    public List<Told> told() {
        return List.copyOf(told);
    }

    /** All that is wrong, by itself and against the tables; empty when all is well. */
    public List<String> verdict(Truth.Story story) {
        var all = new ArrayList<>(faults);
        all.addAll(state.elsewhere);
        JsonNode end = state.end;
        if (end == null) {
            all.add("no terminal event; the row is " + story.status());
            return all;
        }
        compareEnd(end, story, all);
        if (!state.text.toString().equals(story.text())) {
            all.add("the text differs from the row's: " + difference(state.text.toString(), story.text()));
        }
        compareLog(story.log(), all);
        return all;
    }

    private static void compareEnd(JsonNode end, Truth.Story story, List<String> all) {
        if (!end.path("status").asText().equals(story.status())) {
            all.add("ended " + end.path("status") + ", the row is " + story.status());
        }
        if (!end.path("text").asText("").equals(story.text())) {
            all.add("the terminal event's text is not the row's");
        }
        BigDecimal charged = end.path("receipt").path("charged").decimalValue();
        if (story.charged() == null || charged.compareTo(story.charged()) != 0) {
            all.add("the receipt says " + charged + ", the row " + story.charged());
        }
    }

    private void compareLog(List<Truth.Row> log, List<String> all) {
        long ends = log.stream().filter(row -> TERMINAL.contains(row.event())).count();
        if (ends != 1) {
            all.add("the log has " + ends + " terminal events");
        }
        var stored = new TreeSet<String>();
        log.stream()
                .filter(row -> KEPT.contains(row.event()))
                .forEach(row -> stored.add(row.place() + " " + row.event()));
        var heard = new TreeSet<String>();
        told.stream()
                .filter(event -> KEPT.contains(event.event()))
                .forEach(event -> heard.add(event.id() + " " + event.event()));
        for (String event : heard) {
            if (!stored.contains(event)) {
                all.add("told and not in the log: " + event);
            }
        }
        for (Truth.Row row : log) {
            String event = row.place() + " " + row.event();
            if (KEPT.contains(row.event()) && !heard.contains(event) && !state.passed(row.place())) {
                all.add("in the log and not told: " + event);
            }
        }
    }

    private static String difference(String seen, String stored) {
        int at = 0;
        while (at < Math.min(seen.length(), stored.length()) && seen.charAt(at) == stored.charAt(at)) {
            at++;
        }
        return "at " + at + " of " + seen.length() + " told and " + stored.length() + " stored: told '"
                + seen.substring(at, Math.min(seen.length(), at + 40)) + "', stored '"
                + stored.substring(at, Math.min(stored.length(), at + 40)) + "'";
    }

    /** A reset that a reader of an older epoch is given first: what lies between is not told any more. */
    private record Jump(@Nullable Place from, Place to) {}

    /**
     * What follows from the events heard so far. After the end the deltas before the last reset are gone, so whoever connects then
     * hears the events between them as if they had come elsewhere in the text: that is right if a reset follows and he heard no delta.
     */
    private static final class State {
        private final StringBuilder text = new StringBuilder();
        private final List<Jump> jumps = new ArrayList<>();
        private final List<String> elsewhere = new ArrayList<>();
        private boolean deltas;
        private long bytes;
        private double percent;
        private @Nullable Place last;
        private @Nullable JsonNode end;

        void take(Told event, boolean first, List<String> faults) {
            Place place = Place.parse(event.id());
            if (place == null) {
                faults.add(event.event() + " carries the id " + event.id());
                return;
            }
            if (end != null) {
                faults.add(event.event() + " " + place + " after the terminal event");
            }
            if (last != null && place.compareTo(last) <= 0) {
                faults.add(event.event() + " " + place + " came after " + last);
            }
            if (first && event.event().equals("reset") && last != null && last.epoch() < place.epoch()) {
                jumps.add(new Jump(last, place));
            }
            Place before = last;
            last = place;
            deltas &= !first;
            JsonNode data = json(event, faults);
            switch (event.event()) {
                case "delta" -> {
                    deltas = true;
                    append(data.path("text").asText());
                }
                case "reset" -> {
                    if (!deltas) {
                        elsewhere.clear();
                    }
                    text.setLength(0);
                    bytes = 0;
                    append(data.path("text").asText());
                }
                case "progress" -> progress(data.path("percent").asDouble(), place, faults);
                default -> end = TERMINAL.contains(event.event()) ? data : end;
            }
            if (place.bytes() != bytes) {
                String fault = event.event() + " " + place + " came at byte " + bytes + " of the text, behind " + before
                        + (first ? ", first of a connection: " : ": ") + event.data();
                boolean text = TEXT.contains(event.event()) || TERMINAL.contains(event.event());
                (text ? faults : elsewhere).add(fault);
            }
        }

        boolean passed(Place place) {
            return jumps.stream()
                    .anyMatch(jump ->
                            (jump.from == null || place.compareTo(jump.from) > 0) && place.compareTo(jump.to) < 0);
        }

        private void append(String more) {
            text.append(more);
            bytes += more.getBytes(StandardCharsets.UTF_8).length;
        }

        private void progress(double now, Place place, List<String> faults) {
            if (now < percent) {
                faults.add("percent fell from " + percent + " to " + now + " at " + place);
            }
            if (now > 99) {
                faults.add("percent " + now + " before the end at " + place);
            }
            percent = now;
        }

        private static JsonNode json(Told event, List<String> faults) {
            try {
                return JSON.readTree(event.data());
            } catch (JsonProcessingException broken) {
                faults.add(event.event() + " " + event.id() + " has data that is no JSON");
                return JSON.createObjectNode();
            }
        }
    }
}
