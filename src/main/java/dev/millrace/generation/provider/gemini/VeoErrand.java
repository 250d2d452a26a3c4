package dev.millrace.generation.provider.gemini;

import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.job.Errand;
import dev.millrace.generation.provider.job.Job;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.media.Fit;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One video.
 *
 * @param first what it begins with; null for words alone, and of one that was begun already
 */
record VeoErrand(
        Veo veo,
        ResultFiles files,
        ProviderCall call,
        @Nullable Picture first) implements Errand {
    /** Larger than any film of the vendor's: what is left over is cut off there. */
    private static final int SIDE = 1920;

    static VeoErrand of(Veo veo, ResultFiles files, ProviderCall call) throws ProviderFailure, InterruptedException {
        return new VeoErrand(veo, files, call, call.picture(Fit.within(SIDE)));
    }

    @Override
    public @Nullable String create() throws IOException, ProviderFailure {
        return veo.create(call.request(), first);
    }

    @Override
    public boolean findable() {
        return false;
    }

    @Override
    public List<String> find(Instant intendedAt) {
        return List.of();
    }

    @Override
    public Job look(String id) throws IOException, ProviderFailure {
        return veo.job(id, call.cancellation());
    }

    @Override
    public Live listen(String id, Vigil vigil) {
        return Live.NONE;
    }

    @Override
    public void deliver(Job job, ProviderSink sink) throws IOException, ProviderFailure {
        List<Artifact> videos = files.fetchAll(call, Veo.addresses(job.json()));
        long seconds = call.request().options().whole("seconds", 8) * videos.size();
        sink.emit(new Usage(Map.of("seconds", BigDecimal.valueOf(seconds))));
        videos.forEach(sink::emit);
        sink.emit(new Finished("stop"));
    }

    /** The vendor knows no way. */
    @Override
    public void cancel(String id) {}
}
