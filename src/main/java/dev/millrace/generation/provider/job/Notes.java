package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.job.ExternalJobs.Look;
import dev.millrace.generation.provider.job.ExternalJobs.Miss;
import dev.millrace.generation.provider.job.ExternalJobs.Wait;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What happened since the last round and is not in the table yet. */
final class Notes {
    private final List<Wait> arrivals = new ArrayList<>();
    private final Set<String> departures = new LinkedHashSet<>();
    private final List<Look> looks = new ArrayList<>();
    private final List<Miss> misses = new ArrayList<>();
    private final List<String> returned = new ArrayList<>();
    private @Nullable Duration hold;

    void arrived(Wait wait) {
        arrivals.add(wait);
        departures.remove(wait.id());
    }

    void departed(String id) {
        departures.add(id);
    }

    void saw(Look look) {
        looks.add(look);
    }

    void missed(Miss miss) {
        misses.add(miss);
    }

    /** Claimed, and not looked at. */
    void returned(Collection<String> ids) {
        returned.addAll(ids);
    }

    void hold(Duration time) {
        hold = hold == null || hold.compareTo(time) < 0 ? time : hold;
    }

    boolean isEmpty() {
        return arrivals.isEmpty()
                && departures.isEmpty()
                && looks.isEmpty()
                && misses.isEmpty()
                && returned.isEmpty()
                && hold == null;
    }

    /** What an earlier round took and could not write. */
    void putBack(Notes earlier) {
        earlier.departures.forEach(id -> {
            if (arrivals.stream().noneMatch(wait -> wait.id().equals(id))) {
                departures.add(id);
            }
        });
        arrivals.addAll(0, earlier.arrivals);
        looks.addAll(0, earlier.looks);
        misses.addAll(0, earlier.misses);
        returned.addAll(0, earlier.returned);
        hold = hold == null ? earlier.hold : hold;
    }

    /**
     * Writes it all down.
     *
     * @param lost hears, after the commit, of each job that was looked for in vain once too often
     */
    void write(Tx tx, String provider, UUID me, Consumer<String> lost) {
        arrivals.forEach(wait -> ExternalJobs.watch(tx, provider, wait.id(), wait.until()));
        if (!looks.isEmpty()) {
            ExternalJobs.record(tx, provider, me, looks);
        }
        for (Miss miss : misses) {
            if (ExternalJobs.miss(tx, provider, me, miss)) {
                tx.afterCommit(() -> lost.accept(miss.id()));
            }
        }
        if (!returned.isEmpty()) {
            ExternalJobs.giveBack(tx, provider, returned);
        }
        if (hold != null) {
            ExternalJobs.hold(tx, provider, hold);
        }
        if (!departures.isEmpty()) {
            ExternalJobs.forget(tx, provider, departures);
        }
    }
}
