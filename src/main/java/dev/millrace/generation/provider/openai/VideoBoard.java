package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.job.JobBoard;
import dev.millrace.generation.provider.job.Rhythm;
import dev.millrace.generation.provider.job.Sighting;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The vendor's videos. Many servers that speak like OpenAI have no list: then each is asked for by itself. */
record VideoBoard(String provider, VideoApi api) implements JobBoard {
    private static final Rhythm RHYTHM = new Rhythm(Duration.ofSeconds(1), 10, 5);
    /** Of five hundred jobs each is looked at in little more than a second. */
    private static final Rhythm LISTLESS = new Rhythm(Duration.ofSeconds(1), 400, Rhythm.NO_LIST);

    @Override
    public Rhythm rhythm() {
        return RHYTHM;
    }

    @Override
    public Rhythm listless() {
        return LISTLESS;
    }

    @Override
    public Sighting look(String id) throws IOException, ProviderFailure {
        return api.look(id, null).sighting();
    }

    @Override
    public Map<String, Sighting> sweep(Set<String> ids) throws IOException, ProviderFailure {
        var seen = new HashMap<String, Sighting>();
        api.each(job -> {
            String id = job.id();
            if (id != null && ids.contains(id)) {
                seen.put(id, job.sighting());
            }
            return seen.size() < ids.size();
        });
        return seen;
    }
}
