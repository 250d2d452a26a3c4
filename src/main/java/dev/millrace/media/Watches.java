package dev.millrace.media;

import dev.millrace.media.store.Assets;
import dev.millrace.media.store.MediaJobs;
import dev.millrace.media.work.Tidings;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who on this node waits for which asset. Work done here wakes them at once; work done elsewhere is seen in the table a moment later. */
final class Watches implements Tidings {
    private final Db db;
    private final Assets assets;
    private final MediaJobs jobs;
    private final Map<UUID, Set<Watch>> open = new ConcurrentHashMap<>();

    Watches(Db db, Assets assets, MediaJobs jobs) {
        this.db = db;
        this.assets = assets;
        this.jobs = jobs;
    }

    Watch watch(UUID asset) {
        var watch = new Watch(asset, this);
        open.compute(asset, (id, present) -> {
            Set<Watch> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(watch);
            return all;
        });
        return watch;
    }

    void close(Watch watch) {
        open.computeIfPresent(watch.asset(), (id, all) -> {
            all.remove(watch);
            return all.isEmpty() ? null : all;
        });
    }

    /** Tells those who wait that something was committed. */
    @Override
    public void changed(UUID asset) {
        each(asset, Watch::wake);
    }

    /** Tells those who wait how far the long work is. */
    @Override
    public void percent(UUID asset, double percent) {
        each(asset, watch -> watch.reached(percent));
    }

    /** How the asset stands; null when the database is away for a moment. */
    @Nullable
    Look look(UUID asset) {
        try {
            return db.read(tx -> new Look(assets.asset(tx, asset), jobs.percent(tx, asset)));
        } catch (Problem away) {
            if (away.type() == ProblemType.UNAVAILABLE) {
                return null;
            }
            throw away;
        }
    }

    private void each(UUID asset, Consumer<Watch> what) {
        Set<Watch> all = open.get(asset);
        if (all != null) {
            all.forEach(what);
        }
    }

    /** What was seen in the tables. */
    record Look(@Nullable Asset asset, double percent) {}
}
