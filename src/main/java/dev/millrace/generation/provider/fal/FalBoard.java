package dev.millrace.generation.provider.fal;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.job.JobBoard;
import dev.millrace.generation.provider.job.Rhythm;
import dev.millrace.generation.provider.job.Sighting;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The queue has no list: each request is looked at by itself, when its own stream does not tell. */
record FalBoard(String provider, FalApi api) implements JobBoard {
    private static final Rhythm RHYTHM = new Rhythm(Duration.ofSeconds(1), 300, Rhythm.NO_LIST);

    @Override
    public Rhythm rhythm() {
        return RHYTHM;
    }

    @Override
    public Sighting look(String id) throws IOException, ProviderFailure {
        FalStatus status = api.status(id, null);
        return status.sighting(status.log());
    }

    @Override
    public Map<String, Sighting> sweep(Set<String> ids) {
        return Map.of();
    }
}
