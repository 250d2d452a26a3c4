package dev.millrace.generation.provider.fal;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.job.Errand;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.Cut;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Deadlines;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a request stands, told by the vendor. A stream that is silent or breaks is left: those who look at the job go on. */
final class StatusStream implements Errand.Live {
    private static final Logger LOG = LoggerFactory.getLogger(StatusStream.class);
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final FalApi api;
    private final ProviderCall call;
    private final Vigil vigil;
    private final Cancellation over = new Cancellation();

    StatusStream(FalApi api, ProviderCall call, Vigil vigil) {
        this.api = api;
        this.call = call;
        this.vigil = vigil;
    }

    StatusStream begin() {
        Thread.ofVirtual().name("fal-status").start(this::run);
        return this;
    }

    @Override
    public void close() {
        over.cancel();
    }

    private void run() {
        try {
            read();
        } catch (IOException broken) {
            LOG.debug("the status of {} is not told any more: {}", vigil.id(), broken.getMessage());
        } finally {
            vigil.attended(false);
        }
    }

    private void read() throws IOException {
        Duration total = Duration.ofSeconds(call.request().conduct().deadlineSeconds());
        var patience = new Deadlines(Duration.ofSeconds(5), IDLE, IDLE, total);
        Ask ask = Ask.get(api.statusStream(vigil.id()), api.endpoint().headers("text/event-stream"), patience);
        try (var cut = new Cut(over);
                Answer answer = api.endpoint().client().send(ask, cut)) {
            if (answer.status() / 100 != 2) {
                throw new WireFault("the stream answered " + answer.status());
            }
            vigil.attended(true);
            new StatusReading(vigil::tell).read(answer);
        }
    }
}
