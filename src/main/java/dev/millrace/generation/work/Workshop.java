package dev.millrace.generation.work;

import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.provider.Providers;
import dev.millrace.generation.provider.catalogue.Catalogue;
import dev.millrace.generation.store.Archive;
import dev.millrace.generation.store.Paces;
import dev.millrace.generation.traffic.Traffic;
import dev.millrace.media.Media;
import dev.millrace.platform.sql.Db;
import java.time.InstantSource;

/** What a run works with. */
public record Workshop(Db db, Records records, Makers makers, Media media, Endings endings, InstantSource clock) {
    /** Where it is written down. */
    public record Records(Archive archive, EventLog log, Paces paces) {}

    /** Who makes it. */
    public record Makers(Catalogue catalogue, Providers providers, Traffic traffic) {}

    Archive archive() {
        return records.archive();
    }

    EventLog log() {
        return records.log();
    }
}
