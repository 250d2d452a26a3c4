package dev.millrace.generation.work;

import dev.millrace.credits.Credits;
import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.provider.Providers;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Catalogue;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.generation.store.Archive;
import dev.millrace.generation.store.Paces;
import dev.millrace.generation.traffic.Traffic;
import dev.millrace.media.Media;
import dev.millrace.platform.sql.Db;
import java.time.InstantSource;

/** What a run works with. */
public record Workshop(Db db, Records records, Makers makers, Media media, Endings endings, InstantSource clock) {
    /** Where it is written down. */
    public record Records(Archive archive, EventLog log, Paces paces, Credits credits, Starts starts) {}

    /** Who makes it. */
    public record Makers(Catalogue catalogue, Providers providers, Traffic traffic) {
        /** Whether calls of a model are read to their end when they are canceled; one that is not in the catalogue any more is not. */
        boolean drains(String model) {
            Model known = catalogue.known(model);
            return known != null && known.conduct().cancelPolicy() == CancelPolicy.DRAIN;
        }

        /** The price of a model; of one that is not in the catalogue any more, the other. */
        Price price(String model, Price otherwise) {
            Model known = catalogue.known(model);
            return known == null ? otherwise : known.price();
        }
    }

    Archive archive() {
        return records.archive();
    }

    EventLog log() {
        return records.log();
    }
}
