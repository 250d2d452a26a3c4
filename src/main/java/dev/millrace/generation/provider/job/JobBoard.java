package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.ProviderFailure;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** Where a vendor shows the jobs it has. One object serves all of a provider's jobs. */
public interface JobBoard {
    /** As in the column {@code provider} of the catalogue. */
    String provider();

    Rhythm rhythm();

    /** The same once the vendor has answered that there is no list. */
    default Rhythm listless() {
        return rhythm().listless();
    }

    /**
     * One job.
     *
     * @throws IOException when there was no answer
     * @throws ProviderFailure when there was another one
     */
    Sighting look(String id) throws IOException, ProviderFailure;

    /**
     * Many jobs from the vendor's list. Those that it does not hold are absent, and looked at one by one.
     *
     * @throws ProviderFailure {@code NOT_FOUND} or {@code INVALID} when there is no list
     */
    Map<String, Sighting> sweep(Set<String> ids) throws IOException, ProviderFailure;
}
