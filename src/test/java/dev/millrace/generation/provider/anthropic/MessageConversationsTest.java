package dev.millrace.generation.provider.anthropic;

import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.platform.outbound.Answer;
import java.util.List;

class MessageConversationsTest extends ConversationContract {
    private static final String CUT = "\u00c9t\u00e9";

    @Override
    protected List<Conversation> conversations() {
        return List.of(
                Conversation.good("text.sse"),
                Conversation.good("thinking.sse"),
                Conversation.good("tools.sse"),
                Conversation.good("fallback.sse"),
                Conversation.good("duplicate-start.sse"),
                Conversation.good("gateway-marker.sse"),
                Conversation.bad("spliced.sse", CUT, Kind.TRUNCATED),
                Conversation.bad("refusal.sse", "", Kind.REFUSED),
                Conversation.bad("refusal-late.sse", CUT, Kind.REFUSED),
                Conversation.bad("overloaded.sse", CUT, Kind.OVERLOADED),
                Conversation.bad("no-stop.sse", CUT, Kind.TRUNCATED));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        new TextReader(ERRORS, request(), sink, new MessagesDialect("")).read(answer);
    }
}
