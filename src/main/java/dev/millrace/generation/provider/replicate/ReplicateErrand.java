package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.job.Errand;
import dev.millrace.generation.provider.job.Job;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One prediction. */
final class ReplicateErrand implements Errand {
    /** The vendor's clock may be that far from ours. */
    private static final Duration SKEW = Duration.ofMinutes(2);

    private final ReplicateApi api;
    private final ResultFiles files;
    private final ProviderCall call;
    private final Tally told;
    private final Input input;
    private @Nullable String stream;

    ReplicateErrand(ReplicateApi api, ResultFiles files, ProviderCall call, Tally told, Map<String, Object> pictures) {
        this.api = api;
        this.files = files;
        this.call = call;
        this.told = told;
        this.input = Input.of(call.request(), pictures);
    }

    @Override
    public @Nullable String create() throws IOException, ProviderFailure {
        Duration deadline = Duration.ofSeconds(call.request().conduct().deadlineSeconds());
        Prediction made = api.create(input, deadline);
        stream = made.stream();
        return made.id();
    }

    @Override
    public boolean findable() {
        return true;
    }

    @Override
    public List<String> find(Instant intendedAt) throws IOException, ProviderFailure {
        Instant since = intendedAt.minus(SKEW);
        var found = new ArrayList<Prediction>();
        api.each(since, prediction -> {
            Instant made = prediction.createdAt();
            if (prediction.id() != null && input.mayBe(prediction.json()) && (made == null || !made.isBefore(since))) {
                found.add(prediction);
            }
            return true;
        });
        return found.stream()
                .sorted(Comparator.comparing(prediction -> distance(prediction, intendedAt)))
                .map(prediction -> String.valueOf(prediction.id()))
                .toList();
    }

    private static Duration distance(Prediction prediction, Instant intendedAt) {
        Instant made = prediction.createdAt();
        return made == null ? SKEW : Duration.between(intendedAt, made).abs();
    }

    @Override
    public Job look(String id) throws IOException, ProviderFailure {
        return api.look(id, call.cancellation()).job(id);
    }

    @Override
    public Live listen(String id, Vigil vigil) {
        return call.request().kind() == GenerationKind.TEXT
                ? new TextStream(api, call, vigil, stream).begin()
                : Live.NONE;
    }

    @Override
    public void deliver(Job job, ProviderSink sink) throws IOException, ProviderFailure {
        var prediction = new Prediction(job.json());
        if (call.request().kind() == GenerationKind.TEXT) {
            text(prediction, sink);
        } else {
            files(prediction, sink);
        }
        sink.emit(new Finished("stop"));
    }

    /** What the stream did not bring. A text that does not begin like the one that was told is another one. */
    private void text(Prediction prediction, ProviderSink sink) throws ProviderFailure {
        String whole = prediction.text();
        String said = told.text();
        if (!whole.startsWith(said)) {
            throw new ProviderFailure(Kind.TRUNCATED, new WireFault("the stream and the output differ"));
        }
        if (whole.isEmpty()) {
            throw new ProviderFailure(Kind.TRUNCATED, new WireFault("a text without a word"));
        }
        if (whole.length() > said.length()) {
            sink.emit(new Delta(whole.substring(said.length())));
        }
        Map<String, BigDecimal> usage = used(prediction);
        BigDecimal in = WireJson.count(prediction.json().get("metrics"), "input_token_count");
        BigDecimal out = WireJson.count(prediction.json().get("metrics"), "output_token_count");
        if (in != null && out != null) {
            usage.put("input_tokens", in);
            usage.put("output_tokens", out);
        }
        sink.emit(new Usage(usage));
    }

    private void files(Prediction prediction, ProviderSink sink) throws IOException, ProviderFailure {
        if (prediction.json().path("data_removed").asBoolean(false)) {
            throw new ProviderFailure(Kind.NOT_FOUND, "The provider does not have the result any more.");
        }
        List<Artifact> artifacts = files.fetchAll(call, prediction.addresses());
        Map<String, BigDecimal> usage = used(prediction);
        usage.put("images", BigDecimal.valueOf(artifacts.size()));
        usage.put("seconds", BigDecimal.valueOf(call.request().options().whole("seconds", 1)));
        sink.emit(new Usage(usage));
        artifacts.forEach(sink::emit);
    }

    private static Map<String, BigDecimal> used(Prediction prediction) {
        var usage = new HashMap<String, BigDecimal>();
        usage.put("calls", BigDecimal.ONE);
        BigDecimal computing = WireJson.count(prediction.json().get("metrics"), "predict_time");
        if (computing != null) {
            usage.put("compute_seconds", computing);
        }
        return usage;
    }

    @Override
    public void cancel(String id) throws IOException, ProviderFailure {
        api.cancel(id);
    }
}
