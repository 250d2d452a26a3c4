package dev.millrace.media.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What crashed runs left in storage.
 *
 * <p>Everything is written before the row that points at it, so age alone tells garbage from work that is under way: what is older than
 * the cutoff and has no row will never get one.
 */
public final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    /** Pictures in the making, and what providers left, are of use for as long as their generation may be looked at or taken over. */
    private static final Duration DAY = Duration.ofHours(24);

    private static final int AT_ONCE = 500;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Storage storage;

    public Leftovers(Storage storage) {
        this.storage = storage;
    }

    /** Removes what was begun before the cutoff and not touched since, and previews and scratch folders a day after their last change. */
    public void sweepUnfinished(Instant now, Instant cutoff) {
        sweep(storage.root().resolve("incoming"), cutoff);
        sweep(storage.root().resolve("work"), cutoff);
        sweep(storage.root().resolve("scratch"), now.minus(DAY));
        each(storage.root().resolve("previews"), shelf -> sweep(shelf, now.minus(DAY)));
    }

    /**
     * Removes the files of assets that came before the cutoff and have no row.
     *
     * @param known answers which of the ids it is given have files that count
     */
    public void sweepOrphans(Instant cutoff, Function<Collection<UUID>, Set<UUID>> known) {
        each(storage.root().resolve("assets"), shelf -> sweepShelf(shelf, cutoff, known));
    }

    private void sweepShelf(Path shelf, Instant cutoff, Function<Collection<UUID>, Set<UUID>> known) {
        List<UUID> old = children(shelf).stream()
                .map(folder -> String.valueOf(folder.getFileName()))
                .filter(name -> ID.matcher(name).matches())
                .map(UUID::fromString)
                .filter(asset -> born(asset).isBefore(cutoff))
                .toList();
        for (int from = 0; from < old.size(); from += AT_ONCE) {
            List<UUID> some = old.subList(from, Math.min(from + AT_ONCE, old.size()));
            Set<UUID> wanted = known.apply(some);
            for (UUID asset : some) {
                if (!wanted.contains(asset)) {
                    LOG.info("the files of {} have no row: removed", asset);
                    storage.delete(asset);
                }
            }
        }
    }

    private void sweep(Path folder, Instant cutoff) {
        each(folder, one -> {
            try {
                if (Disk.touched(one).isBefore(cutoff)) {
                    storage.discard(one);
                }
            } catch (IOException failure) {
                LOG.warn("{} cannot be looked at: {}", one.getFileName(), failure.toString());
            }
        });
    }

    private static void each(Path folder, Consumer<Path> work) {
        children(folder).forEach(work);
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        } catch (IOException failure) {
            LOG.warn("{} cannot be listed: {}", folder.getFileName(), failure.toString());
            return List.of();
        }
    }

    /** Our ids begin with the milliseconds of their making (RFC 9562, version 7). */
    private static Instant born(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }
}
