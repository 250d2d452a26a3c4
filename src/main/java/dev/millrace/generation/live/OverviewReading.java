package dev.millrace.generation.live;

import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.Retelling;
import dev.millrace.generation.live.OverviewRows.Begun;
import dev.millrace.generation.live.OverviewRows.Place;
import dev.millrace.generation.live.OverviewRows.Standing;
import dev.millrace.generation.live.OverviewRows.Told;
import dev.millrace.platform.Ids;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One look into the table for many overviews. */
final class OverviewReading {
    /** What was begun so long before a reading shows in it, however long its commit took and however wrong a node's clock is. */
    private static final Duration SURELY_SEEN = Duration.ofMinutes(2);

    private final Tx tx;
    private final Retelling retelling;
    private final Map<UUID, Overview> byAccount = new HashMap<>();
    private final Map<UUID, Overview> byGeneration = new HashMap<>();

    OverviewReading(Tx tx, List<Overview> overviews, Retelling retelling) {
        this.tx = tx;
        this.retelling = retelling;
        overviews.forEach(overview -> byAccount.put(overview.account(), overview));
    }

    /**
     * Tells each overview what happened since its last reading, however long ago that was.
     *
     * @param now the time of the database, whose clock alone counts: this node may have slept
     * @return the floor of the next reading, once this one has come to an end
     */
    UUID read(Instant now) {
        UUID next = Ids.floor(now.minus(SURELY_SEEN));
        var fresh = new ArrayList<UUID>();
        var known = new ArrayList<UUID>();
        byAccount.forEach((account, overview) -> (overview.begun() ? known : fresh).add(account));
        if (!fresh.isEmpty()) {
            List<Standing> rows = OverviewRows.standing(tx, fresh, next);
            fresh.forEach(account -> at(account).begin(next));
            rows.forEach(row -> at(row.account()).stands(row));
        }
        if (!known.isEmpty()) {
            UUID lowest = Collections.min(
                    known.stream().map(account -> at(account).floor()).toList());
            for (Begun row : OverviewRows.begun(tx, known, lowest)) {
                Overview overview = at(row.account());
                if (row.id().compareTo(overview.floor()) >= 0) {
                    overview.begins(row);
                }
            }
        }
        for (Map<UUID, Place> places = places(); !places.isEmpty(); ) {
            places = tell(OverviewRows.told(tx, places));
        }
        return next;
    }

    /** Answers the logs in which there is more to read. */
    private Map<UUID, Place> tell(List<Told> rows) {
        var counts = new HashMap<UUID, Integer>();
        var more = new HashMap<UUID, Place>();
        for (Told row : rows) {
            Overview overview = byGeneration.get(row.generation());
            if (overview != null) {
                overview.told(row, asset(row));
            }
            if (counts.merge(row.generation(), 1, Integer::sum) == OverviewRows.MOST_EVENTS) {
                more.put(row.generation(), new Place(row.epoch(), row.seq()));
            }
        }
        return more;
    }

    private @Nullable String asset(Told row) {
        return row.event().equals(GenerationEvent.ASSET)
                ? retelling.data(tx, row.generation(), row.event(), row.data())
                : null;
    }

    private Overview at(UUID account) {
        Overview overview = byAccount.get(account);
        if (overview == null) {
            throw new IllegalStateException("a row of an account that was not asked for");
        }
        return overview;
    }

    private Map<UUID, Place> places() {
        var places = new HashMap<UUID, Place>();
        for (Overview overview : byAccount.values()) {
            overview.places().forEach((generation, place) -> {
                places.put(generation, place);
                byGeneration.put(generation, overview);
            });
        }
        return places;
    }
}
