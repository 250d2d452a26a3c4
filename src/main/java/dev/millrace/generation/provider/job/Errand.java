package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call's dealings with its vendor, in the vendor's own words. Each method is one exchange, or a few, without patience. */
public interface Errand {
    /**
     * Creates the job and answers its id; null when the answer held none.
     *
     * @throws dev.millrace.platform.outbound.NotSent when nothing can have been created
     * @throws IOException when no answer came that says whether the job was created
     * @throws ProviderFailure when the vendor said why it was not
     */
    @Nullable
    String create() throws IOException, ProviderFailure;

    /** Whether the vendor can be asked for a job whose id is not known. */
    boolean findable();

    /** Whether a vendor that answers and does not show the job has none, so that it may be created again. */
    default boolean certain() {
        return false;
    }

    /** Ids of jobs that may be the one that was asked for at that time, the likeliest first. */
    List<String> find(Instant intendedAt) throws IOException, ProviderFailure;

    /** The job, whole. */
    Job look(String id) throws IOException, ProviderFailure;

    /** Begins to hear what the vendor tells by itself, if it does; closing the answer ends that. */
    Live listen(String id, Vigil vigil);

    /** Fetches what a job that ended well has made and tells the sink, {@code Finished} included. */
    void deliver(Job job, ProviderSink sink) throws IOException, ProviderFailure;

    /** Asks the vendor to stop. It may not. */
    void cancel(String id) throws IOException, ProviderFailure;

    /** Something that tells by itself; closing it is quick. */
    interface Live extends AutoCloseable {
        /** Nothing tells by itself. */
        Live NONE = () -> {};

        @Override
        void close();
    }
}
