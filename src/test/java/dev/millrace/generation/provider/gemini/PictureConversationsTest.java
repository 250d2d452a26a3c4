package dev.millrace.generation.provider.gemini;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.wire.Pictures;
import dev.millrace.platform.outbound.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Pictures among the parts of a Gemini answer. */
class PictureConversationsTest extends ConversationContract {
    @TempDir
    static Path folder;

    @Override
    protected List<Conversation> conversations() {
        return List.of(
                new Conversation("picture.sse", "", null),
                new Conversation("picture-at-once.sse", "", null),
                new Conversation("picture-two.sse", "", null),
                new Conversation("picture-draft.sse", "", null),
                Conversation.bad("picture-cut.sse", "", Kind.LOST),
                Conversation.bad("picture-none.sse", "", Kind.TRANSIENT),
                Conversation.bad("picture-safety.sse", "", Kind.REFUSED),
                Conversation.bad("picture-blocked.sse", "", Kind.REFUSED),
                Conversation.bad("picture-bare-error.sse", "", Kind.OVERLOADED));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        ProviderCall call = Calls.call(
                Calls.request(GenerationKind.IMAGE, "gemini/gemini-2.5-flash-image", "a boat", Map.of()), folder);
        Pictures pictures = Pictures.begin(call, sink);
        new PictureReading(ERRORS, pictures).read(answer);
        pictures.finish();
    }
}
