package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.ConversationContract;
import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.platform.outbound.Answer;
import java.util.List;
import java.util.Locale;

/** OpenAI and those who speak like it, each in its own way. A file is named after whose it is. */
class ChatConversationsTest extends ConversationContract {
    private static final String CUT = "\u00c9t\u00e9";

    @Override
    protected List<Conversation> conversations() {
        return List.of(
                Conversation.good("openai.sse"),
                Conversation.good("openai-tools.sse"),
                Conversation.good("openai-two-choices.sse"),
                Conversation.good("azure.sse"),
                Conversation.good("vllm.sse"),
                Conversation.bad("vllm-abort.sse", CUT, Kind.TRUNCATED),
                Conversation.bad("vllm-nothing.sse", "", Kind.TRANSIENT),
                Conversation.bad("vllm-error.sse", "", Kind.INVALID),
                Conversation.good("ollama.sse"),
                Conversation.good("ollama-no-reason.sse"),
                Conversation.bad("ollama-broken.sse", CUT, Kind.TRUNCATED),
                Conversation.good("lmstudio.sse"),
                Conversation.bad("lmstudio-error.sse", CUT, Kind.TRANSIENT),
                Conversation.bad("lmstudio-nothing.sse", "", Kind.TRANSIENT),
                Conversation.good("llamacpp.sse"),
                Conversation.bad("llamacpp-error.sse", CUT, Kind.TRANSIENT),
                Conversation.bad("llamacpp-old-error.sse", CUT, Kind.TRANSIENT),
                Conversation.good("openrouter.sse"),
                Conversation.bad("openrouter-error.sse", CUT, Kind.RATE_LIMITED),
                Conversation.bad("openrouter-flagged.sse", "", Kind.REFUSED),
                Conversation.bad("sglang-error.sse", "", Kind.INVALID),
                Conversation.good("nospace.sse"));
    }

    @Override
    protected void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure {
        String owner = conversation.file().split("[-.]", 2)[0].toUpperCase(Locale.ROOT);
        boolean strict = List.of("AZURE", "NOSPACE", "SGLANG").contains(owner)
                ? Flavour.OTHER.givesReasons()
                : Flavour.valueOf(owner).givesReasons();
        new ChatReader(ERRORS, request(), sink, strict).read(answer);
    }
}
