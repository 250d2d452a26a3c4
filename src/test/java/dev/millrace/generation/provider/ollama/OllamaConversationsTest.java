package dev.millrace.generation.provider.ollama;

import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Recorded;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.platform.outbound.Answer;
import java.util.List;
import java.util.Map;

/** Answers in Ollama's own protocol. */
class OllamaConversationsTest extends ConversationContract {
    private static final String CUT = "\u00c9t\u00e9";

    @Override
    protected List<Conversation> conversations() {
        return List.of(
                Conversation.good("chat.ndjson"),
                Conversation.good("thinking.ndjson"),
                Conversation.good("old.ndjson"),
                Conversation.bad("broken.ndjson", CUT, Kind.TRANSIENT),
                Conversation.bad("unloaded.ndjson", CUT, Kind.TRUNCATED),
                Conversation.bad("nothing.ndjson", "", Kind.TRANSIENT));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        var lines =
                new Recorded(200, Map.of("content-type", "application/x-ndjson"), ((Recorded) answer).pieces(), null);
        new TextReader(ERRORS, request(), sink, new OllamaDialect()).read(lines);
    }
}
