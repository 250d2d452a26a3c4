package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.Pictures;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Outbound;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's streams of pictures. */
class PictureConversationsTest extends ConversationContract {
    @TempDir
    static Path folder;

    private final Outbound outbound = new Outbound(List.of());
    private final OpenAiImages images = new OpenAiImages(
            new Endpoint(
                    outbound.client(Set.of("127.0.0.1")),
                    URI.create("http://127.0.0.1:1"),
                    Endpoint.Credential.bearer(null),
                    ERRORS),
            Patience.PICTURES);

    @AfterAll
    void close() {
        outbound.close();
    }

    @Override
    protected List<Conversation> conversations() {
        return List.of(
                new Conversation("picture.sse", "", null),
                new Conversation("picture-fewer-previews.sse", "", null),
                new Conversation("picture-alone.sse", "", null),
                new Conversation("picture-twice.sse", "", null),
                new Conversation("picture-edit.sse", "", null),
                Conversation.bad("picture-cut.sse", "", Kind.LOST),
                Conversation.bad("picture-error.sse", "", Kind.TRANSIENT),
                Conversation.bad("picture-blocked.sse", "", Kind.REFUSED));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        ProviderCall call =
                Calls.call(Calls.request(GenerationKind.IMAGE, "openai/gpt-image-1", "a boat", Map.of()), folder);
        Pictures pictures = Pictures.begin(call, sink);
        images.reading(call, pictures).read(answer);
        pictures.finish();
    }
}
