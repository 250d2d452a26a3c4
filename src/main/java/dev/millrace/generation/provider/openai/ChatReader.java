package dev.millrace.generation.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent.ToolCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.Dialect;
import dev.millrace.generation.provider.wire.Ending;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.Ids;
import dev.millrace.platform.outbound.Answer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the answer to a chat. One reader serves one answer. */
public final class ChatReader {
    private final TextReader reader;

    /**
     * @param strict whether the end marker alone, without a finish reason, is no end
     */
    public ChatReader(VendorErrors errors, Request request, ProviderSink sink, boolean strict) {
        this.reader = new TextReader(errors, request, sink, new Chat(strict));
    }

    /** Reads the answer to its end and tells what it says; {@code Finished} is the last. */
    public void read(Answer answer) throws ProviderFailure {
        reader.read(answer);
    }

    private static final class Chat implements Dialect {
        private static final int MOST_CALLS = 128;

        private final boolean strict;
        private int calls;
        /** Which of our calls an index of theirs means, where that is another one than it says. */
        private final Map<Integer, Integer> places = new HashMap<>();

        private final Map<Integer, String> ids = new HashMap<>();

        Chat(boolean strict) {
            this.strict = strict;
        }

        @Override
        public void event(String type, JsonNode chunk, TextReader reader) throws ProviderFailure {
            used(chunk.get("usage"), reader);
            for (JsonNode choice : chunk.path("choices")) {
                if (choice.path("index").asInt(0) == 0) {
                    choice(choice, choice.path("delta"), reader);
                }
            }
        }

        @Override
        public void document(JsonNode json, TextReader reader) throws ProviderFailure {
            used(json.get("usage"), reader);
            JsonNode choice = json.path("choices").path(0);
            choice(choice, choice.path("message"), reader);
        }

        @Override
        public void marker(TextReader reader) {
            if (!strict && reader.spoke()) {
                reader.end(Ending.STOP, "the end marker");
            }
            reader.over();
        }

        private static void used(@Nullable JsonNode usage, TextReader reader) {
            reader.used(WireJson.count(usage, "prompt_tokens"), WireJson.count(usage, "completion_tokens"));
        }

        private void choice(JsonNode choice, JsonNode content, TextReader reader) throws ProviderFailure {
            reader.say(WireJson.text(content, "content"));
            for (JsonNode call : content.path("tool_calls")) {
                toolCall(call, reader);
            }
            if (WireJson.text(content, "refusal") != null) {
                reader.end(Ending.REFUSED, "a refusal");
            }
            String finish = WireJson.text(choice, "finish_reason");
            if (finish != null) {
                reader.end(ending(finish), finish);
            }
        }

        /**
         * Parts of calls are joined by their index. Some servers leave it out and send each call whole, some say 0 for every call,
         * some send its arguments as an object, and some forget to give it an id.
         */
        private void toolCall(JsonNode call, TextReader reader) throws ProviderFailure {
            JsonNode function = call.path("function");
            String id = WireJson.text(call, "id");
            String name = WireJson.text(function, "name");
            JsonNode arguments = function.path("arguments");
            int theirs = call.path("index").asInt(name != null ? calls : Math.max(0, calls - 1));
            int index = places.getOrDefault(theirs, theirs);
            String known = ids.get(index);
            if (id != null && name != null && known != null && !id.equals(known)) {
                index = calls;
                places.put(theirs, index);
            }
            if (index < 0 || index >= MOST_CALLS) {
                throw new ProviderFailure(
                        ProviderFailure.Kind.TRANSIENT, new WireFault("a call to a tool with the index " + index));
            }
            boolean first = index >= calls;
            calls = Math.max(calls, index + 1);
            if (id != null) {
                ids.putIfAbsent(index, id);
            }
            reader.call(new ToolCall(
                    index,
                    id == null && first ? "call_" + Ids.next() : id,
                    name,
                    arguments.isContainerNode() ? arguments.toString() : arguments.asText("")));
        }

        /** A reason that nobody knows is no end: engines that give up say so here. */
        private static Ending ending(String finish) {
            return switch (finish) {
                case "stop", "tool_calls", "function_call" -> Ending.STOP;
                case "length" -> Ending.LENGTH;
                case "content_filter" -> Ending.REFUSED;
                default -> Ending.BROKEN;
            };
        }
    }
}
