package dev.millrace.generation.provider.comfyui;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.JobBoard;
import dev.millrace.generation.provider.job.Rhythm;
import dev.millrace.generation.provider.job.Sighting;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The server's queue shows what runs and waits; what it does not show is looked up in the history. */
record ComfyBoard(String provider, ComfyApi api) implements JobBoard {
    private static final Rhythm RHYTHM = new Rhythm(Duration.ofSeconds(1), 50, 3);

    @Override
    public Rhythm rhythm() {
        return RHYTHM;
    }

    @Override
    public Sighting look(String id) throws IOException, ProviderFailure {
        if (api.history(id, null) != null) {
            return Sighting.OVER;
        }
        Sighting queued = api.queue(null).get(id);
        // it may have ended between the two questions
        if (queued == null && api.history(id, null) == null) {
            throw new ProviderFailure(Kind.NOT_FOUND, Kind.NOT_FOUND.words());
        }
        return queued == null ? Sighting.OVER : queued;
    }

    @Override
    public Map<String, Sighting> sweep(Set<String> ids) throws IOException, ProviderFailure {
        return api.queue(null);
    }
}
