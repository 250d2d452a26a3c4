package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.job.JobBoard;
import dev.millrace.generation.provider.job.Rhythm;
import dev.millrace.generation.provider.job.Sighting;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The account's predictions. The vendor takes fifty questions a second: half of them are left to those who fetch results. */
record ReplicateBoard(String provider, ReplicateApi api, Rhythm rhythm) implements JobBoard {
    static final Rhythm RHYTHM = new Rhythm(Duration.ofSeconds(1), 25, 12);

    @Override
    public Sighting look(String id) throws IOException, ProviderFailure {
        return api.look(id, null).sighting();
    }

    @Override
    public Map<String, Sighting> sweep(Set<String> ids) throws IOException, ProviderFailure {
        var seen = new HashMap<String, Sighting>();
        api.each(null, prediction -> {
            String id = prediction.id();
            if (id != null && ids.contains(id)) {
                seen.put(id, prediction.sighting());
            }
            return seen.size() < ids.size();
        });
        return seen;
    }
}
