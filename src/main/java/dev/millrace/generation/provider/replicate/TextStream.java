package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.job.Errand;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.Cut;
import dev.millrace.generation.provider.wire.SseEvent;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.SseParser;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Deadlines;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The text of a prediction as it comes. A stream that breaks off is not resumed: from then on the text is read from the prediction,
 * whose output holds all that was written so far.
 */
final class TextStream implements Errand.Live {
    private static final Logger LOG = LoggerFactory.getLogger(TextStream.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration GROWING = Duration.ofSeconds(1);

    private final ReplicateApi api;
    private final ProviderCall call;
    private final Vigil vigil;
    private final @Nullable String address;
    private final Cancellation over = new Cancellation();
    private final StringBuilder pushed = new StringBuilder();
    private boolean ended;

    /**
     * @param address where the stream is; null when there is none, or one may have missed its beginning
     */
    TextStream(ReplicateApi api, ProviderCall call, Vigil vigil, @Nullable String address) {
        this.api = api;
        this.call = call;
        this.vigil = vigil;
        this.address = address;
    }

    TextStream begin() {
        Thread.ofVirtual().name("replicate-text").start(this::run);
        return this;
    }

    @Override
    public void close() {
        over.cancel();
    }

    private void run() {
        try {
            if (address != null) {
                vigil.attended(true);
                read(address);
            }
        } catch (IOException | IllegalArgumentException broken) {
            LOG.debug("the stream of {} broke off: {}", vigil.id(), broken.getMessage());
        }
        vigil.attended(false);
        grow();
    }

    private void read(String address) throws IOException {
        URI uri = URI.create(address);
        boolean own = api.json().endpoint().owns(uri);
        Map<String, String> headers = own
                ? api.json().endpoint().headers("text/event-stream")
                : new HashMap<>(Map.of("Accept", "text/event-stream"));
        Duration total = Duration.ofSeconds(call.request().conduct().deadlineSeconds());
        var patience = new Deadlines(Duration.ofSeconds(5), total, IDLE, total);
        try (var cut = new Cut(over);
                Answer answer = api.json().endpoint().client().send(Ask.get(uri, headers, patience), cut)) {
            if (answer.status() != 200) {
                throw new WireFault("the stream answered " + answer.status());
            }
            hear(answer);
        }
    }

    /** Reads the stream to its end, or as far as it goes. */
    void hear(Answer answer) throws IOException {
        var parser = new SseParser(SseLimits.TEXT, this::heard);
        var buffer = new byte[8 * 1024];
        InputStream body = answer.body();
        for (int count = body.read(buffer); count >= 0 && !ended; count = body.read(buffer)) {
            parser.feed(buffer, 0, count);
        }
    }

    /** Names that are not known are let by; the vendor has added some before. */
    private void heard(SseEvent event) throws IOException {
        if (ended) {
            return;
        }
        switch (event.type()) {
            case "output" -> push(event.data());
            case "done", "error" -> {
                ended = true;
                vigil.tell(Sighting.OVER);
            }
            default -> {}
        }
    }

    private void push(String text) throws IOException {
        if (text.isEmpty()) {
            return;
        }
        try {
            vigil.deliver(new Delta(text));
            pushed.append(text);
        } catch (InterruptedException nobodyDoesThat) {
            throw new IOException(nobodyDoesThat);
        }
    }

    /** Reads the text where it grows, until it is over or nobody wants it. */
    private void grow() {
        try {
            while (!ended && !over.await(GROWING) && vigil.turn(over)) {
                Prediction now = more();
                ended = now != null && now.sighting().state() == Sighting.State.OVER;
            }
        } catch (InterruptedException nobodyDoesThat) {
            LOG.debug("nobody reads the text of {} any more", vigil.id());
        }
    }

    private @Nullable Prediction more() {
        try {
            Prediction now = api.look(vigil.id(), over);
            String whole = now.text();
            if (whole.length() > pushed.length() && whole.startsWith(pushed.toString())) {
                push(whole.substring(pushed.length()));
            }
            return now;
        } catch (ProviderFailure said) {
            vigil.refused(said);
            return null;
        } catch (IOException silent) {
            return null; // those who look at the job judge that
        }
    }
}
