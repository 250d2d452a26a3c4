package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.job.Vigils;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Outbound;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;

/** The stream of a prediction's text: whatever it says at its end, the prediction itself is asked how it went. */
class TextConversationsTest extends ConversationContract {
    static final String TEXT = "hello,\nthis is a new line, \u00c9t\u00e9 \u6d77 \ud83d\ude80";

    private final Outbound outbound = new Outbound(List.of());
    private final ReplicateApi nowhere = new ReplicateApi(
            new JsonApi(new Endpoint(
                    outbound.client(Set.of("127.0.0.1")),
                    URI.create("http://127.0.0.1:1"),
                    Endpoint.Credential.bearer(null),
                    ERRORS)),
            null);

    @AfterAll
    void close() {
        outbound.close();
    }

    @Override
    protected List<Conversation> conversations() {
        return List.of(
                new Conversation("text.sse", TEXT, null),
                new Conversation("text-canceled.sse", TEXT, null),
                new Conversation("text-reason-error.sse", TEXT, null),
                new Conversation("text-error.sse", TEXT, null),
                new Conversation("text-logs.sse", TEXT, null),
                Conversation.bad("text-cut.sse", TEXT, Kind.TRUNCATED));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        var vigil = Vigils.of("p1");
        var stream = new TextStream(nowhere, Calls.text("replicate/acme/writer", "a tale", Map.of()), vigil, null);
        boolean broken = false;
        try {
            stream.hear(answer);
        } catch (IOException garbage) {
            broken = true;
        }
        Vigils.events(vigil).forEach(sink::emit);
        if (broken || !Vigils.over(vigil)) {
            throw new ProviderFailure(Kind.TRUNCATED, "It broke off.");
        }
        sink.emit(new Finished("stop"));
    }
}
