package dev.millrace.generation.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.generation.live.Notice.Kind;
import dev.millrace.generation.live.OverviewRows.Begun;
import dev.millrace.generation.live.OverviewRows.Place;
import dev.millrace.generation.live.OverviewRows.Standing;
import dev.millrace.generation.live.OverviewRows.Told;
import dev.millrace.platform.json.Json;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the generations of one account are doing, and who looks. Onlookers come and go on any thread; all else belongs to the one
 * thread that reads the table, so that each onlooker is told how things stand and then every change, once and in order.
 */
final class Overview {
    private final UUID account;
    private final Set<Onlooker> arrived = ConcurrentHashMap.newKeySet();
    private final Set<Onlooker> present = ConcurrentHashMap.newKeySet();
    private final Map<UUID, Known> known = new LinkedHashMap<>();
    private @Nullable UUID floor;

    Overview(UUID account) {
        this.account = account;
    }

    UUID account() {
        return account;
    }

    void join(Onlooker onlooker) {
        arrived.add(onlooker);
    }

    /** Answers whether anybody is left. */
    boolean leave(Onlooker onlooker) {
        arrived.remove(onlooker);
        present.remove(onlooker);
        return !arrived.isEmpty() || !present.isEmpty();
    }

    /** Whether it was ever read how things stand. */
    boolean begun() {
        return floor != null;
    }

    /** Whatever is smaller was seen by a reading that came to its end, and is known here or forgotten. */
    UUID floor() {
        return Objects.requireNonNull(floor, "nothing was read yet");
    }

    /** The first reading begins: it is told of all that is not over, and of the rest from there on. */
    void begin(UUID first) {
        floor = first;
        known.clear();
    }

    void stands(Standing row) {
        var state = new GenerationState(row.id(), row.status(), row.stage(), bare(row.percent()));
        String progress = row.progress();
        if (progress != null) {
            JsonNode told = Json.read(progress, JsonNode.class);
            boolean working = row.status().equals("running") && row.stage().equals("starting");
            state = (working ? state.in("running", told.path("stage").asText()) : state)
                    .at(told.path("percent").decimalValue());
        }
        known.put(row.id(), new Known(state, new Place(row.epoch(), row.seq()), row.over()));
    }

    /** It is read from its first event unless it is known already. */
    void begins(Begun row) {
        known.putIfAbsent(
                row.id(),
                new Known(new GenerationState(row.id(), "queued", "", BigDecimal.ZERO), Place.BEGINNING, false));
    }

    /** Up to where the logs of what is not over were read. */
    Map<UUID, Place> places() {
        var places = new HashMap<UUID, Place>();
        known.forEach((id, one) -> {
            if (!one.over) {
                places.put(id, one.place);
            }
        });
        return places;
    }

    /** Takes in an event of a generation that is known here and tells it. {@code asset} is the event's asset as it is now. */
    void told(Told row, @Nullable String asset) {
        Known one = known.get(row.generation());
        if (one == null) {
            return;
        }
        one.place = new Place(row.epoch(), row.seq());
        if (row.event().equals(GenerationEvent.ASSET)) {
            if (asset != null) {
                tell(Notice.asset(asset));
            }
            return;
        }
        GenerationState next = after(one.state, row);
        if (!next.standsAs(one.state)) {
            tell(Notice.of(next, Kind.STATE));
        } else if (next.percent().compareTo(one.state.percent()) > 0) {
            tell(Notice.of(next, Kind.PERCENT));
        }
        one.state = next;
        one.over = GenerationEvent.terminal(row.event());
    }

    private static GenerationState after(GenerationState state, Told row) {
        return switch (row.event()) {
            case "queued" -> state.in("queued", "queued");
            case "started" -> state.in("running", "starting");
            case "retrying" -> state.in(state.status(), "retrying");
            case GenerationEvent.PROGRESS -> progressed(state, Json.read(row.data(), JsonNode.class));
            default ->
                GenerationEvent.terminal(row.event())
                        ? state.in(row.event(), row.stage()).at(bare(row.percent()))
                        : state;
        };
    }

    private static GenerationState progressed(GenerationState state, JsonNode told) {
        String stage = told.path("stage").asText();
        String status = stage.equals("finishing") ? "processing" : stage.equals("queued") ? "queued" : "running";
        return state.in(status, stage).at(told.path("percent").decimalValue());
    }

    /**
     * The reading is over: who came meanwhile is told how things stand; what ended long ago is forgotten. Only now the floor rises:
     * as long as readings fail the next one looks as far back as the last good one.
     */
    void settle(UUID next) {
        for (Onlooker onlooker : List.copyOf(arrived)) {
            for (Known one : known.values()) {
                if (!one.over) {
                    onlooker.offer(Notice.of(one.state, Kind.STATE));
                }
            }
            present.add(onlooker);
            if (!arrived.remove(onlooker)) {
                present.remove(onlooker); // he left at this very moment
            }
        }
        UUID lowest = floor == null || next.compareTo(floor) > 0 ? next : floor;
        floor = lowest;
        known.values().removeIf(one -> one.over && one.state.id().compareTo(lowest) < 0);
    }

    /** The table cannot be read: whoever still waits to hear how things stand comes again later. */
    void away() {
        arrived.forEach(onlooker -> onlooker.part(Parting.OVERLOAD));
    }

    private void tell(Notice notice) {
        present.forEach(onlooker -> onlooker.offer(notice));
    }

    private static BigDecimal bare(BigDecimal number) {
        BigDecimal bare = number.stripTrailingZeros();
        return bare.scale() < 0 ? bare.setScale(0) : bare;
    }

    private static final class Known {
        private GenerationState state;
        private Place place;
        private boolean over;

        Known(GenerationState state, Place place, boolean over) {
            this.state = state;
            this.place = place;
            this.over = over;
        }
    }
}
