package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.ProviderEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Vigils that no lookout keeps: what was told to them is read by the test. */
public final class Vigils {
    private Vigils() {}

    public static Vigil of(String id) {
        return of(id, new Turns(1_000, pause -> {}));
    }

    private static Vigil of(String id, Turns turns) {
        return new Vigil(id, turns, over -> {});
    }

    /** One that adds to a list each pause that its vendor asks for. */
    public static Vigil of(String id, Collection<Duration> pauses) {
        return of(id, new Turns(1_000, pauses::add));
    }

    /** The events that it was told and nobody has read yet. */
    public static List<ProviderEvent> events(Vigil vigil) {
        var events = new ArrayList<ProviderEvent>();
        Sighting seen = null;
        for (Vigil.News news = next(vigil); news != null; news = next(vigil)) {
            switch (news) {
                case Vigil.News.Told(var event) -> events.add(event);
                case Vigil.News.Seen(Sighting last) -> seen = last;
            }
        }
        if (seen != null) {
            vigil.tell(seen);
        }
        return events;
    }

    /** Where it was told last that the job stands. */
    public static @Nullable Sighting seen(Vigil vigil) {
        return next(vigil) instanceof Vigil.News.Seen(Sighting last) ? last : null;
    }

    public static boolean over(Vigil vigil) {
        return vigil.isOver();
    }

    private static Vigil.@Nullable News next(Vigil vigil) {
        try {
            return vigil.await(Duration.ZERO);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
