package dev.millrace.generation.provider.gemini;

import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.platform.outbound.Answer;
import java.util.List;

class ContentConversationsTest extends ConversationContract {
    private static final String CUT = "\u00c9t\u00e9";

    @Override
    protected List<Conversation> conversations() {
        return List.of(
                Conversation.good("text.sse"),
                Conversation.good("thoughts.sse"),
                Conversation.bad("blocked.sse", "", Kind.REFUSED),
                Conversation.bad("safety.sse", CUT, Kind.REFUSED),
                Conversation.bad("cut.sse", CUT + " \u6d77", Kind.TRUNCATED),
                Conversation.bad("bare-error.sse", CUT, Kind.OVERLOADED),
                Conversation.bad("bare-error-line.sse", CUT, Kind.RATE_LIMITED),
                Conversation.bad("error-event.sse", CUT, Kind.TRANSIENT));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        new TextReader(ERRORS, request(), sink, new ContentDialect(ERRORS)).read(answer);
    }
}
