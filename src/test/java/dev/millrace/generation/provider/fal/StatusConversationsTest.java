package dev.millrace.generation.provider.fal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Queued;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Recorded;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.platform.outbound.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The stream that tells where a request stands; it may go back to the beginning. */
class StatusConversationsTest extends ConversationContract {
    @Override
    protected List<Conversation> conversations() {
        return List.of(
                new Conversation("status.sse", "", null),
                new Conversation("status-again.sse", "", null),
                Conversation.bad("status-cut.sse", "", Kind.TRUNCATED));
    }

    @Test
    void placesAreToldAndLinesOfTheLogAreGathered() throws Exception {
        var heard = new Heard();
        try (InputStream file = Objects.requireNonNull(getClass().getResourceAsStream("status.sse"))) {
            read(new Conversation("status.sse", "", null), Recorded.stream(file.readAllBytes()), heard);
        }

        assertThat(heard.events())
                .containsExactly(
                        new Queued(2),
                        new Queued(1),
                        new Progress(0, null, "provider"),
                        new Progress(0.6, null, "provider"),
                        new Finished("stop"));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        var reading = new StatusReading(seen -> tell(seen, sink));
        try {
            reading.read(answer);
        } catch (IOException garbage) {
            throw new ProviderFailure(Kind.TRUNCATED, garbage);
        }
        if (!reading.ended()) {
            throw new ProviderFailure(Kind.TRUNCATED, "It broke off.");
        }
    }

    private static void tell(Sighting seen, ProviderSink sink) {
        switch (seen.state()) {
            case WAITING -> sink.emit(new Queued(Objects.requireNonNullElse(seen.position(), 0)));
            case RUNNING -> sink.emit(new Progress(Objects.requireNonNullElse(seen.fraction(), 0.0), null, "provider"));
            case OVER, LOST -> sink.emit(new Finished("stop"));
        }
    }
}
