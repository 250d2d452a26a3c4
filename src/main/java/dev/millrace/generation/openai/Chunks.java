package dev.millrace.generation.openai;

import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The events of a streamed chat, as bytes: all but the text is made once for each stream. */
final class Chunks {
    static final byte[] DONE = utf8("data: [DONE]\n\n");

    private static final String NOT_FINISHED = "},\"logprobs\":null,\"finish_reason\":null}]";

    private final String head;
    private final String end;
    private final byte[] textHead;
    private final byte[] textEnd;

    /**
     * @param usage whether the stream ends with a count of tokens: then every chunk before it has none
     */
    Chunks(String id, long created, String model, boolean usage) {
        this.head = "data: {\"id\":" + Json.write(id) + ",\"object\":\"chat.completion.chunk\",\"created\":" + created
                + ",\"model\":" + Json.write(model) + ",\"choices\":[";
        this.end = (usage ? ",\"usage\":null" : "") + "}\n\n";
        this.textHead = utf8(head + "{\"index\":0,\"delta\":{\"content\":\"");
        this.textEnd = utf8("\"" + NOT_FINISHED + end);
    }

    /** What stands before an escaped text. */
    byte[] textHead() {
        return textHead;
    }

    /** What stands behind it. */
    byte[] textEnd() {
        return textEnd;
    }

    /** The first chunk: who speaks. {@code content} is JSON. */
    byte[] role(String content) {
        return delta("\"role\":\"assistant\",\"content\":" + content + ",\"refusal\":null");
    }

    /** A part of a tool call, which is JSON already. */
    byte[] toolCall(String part) {
        return delta("\"tool_calls\":[" + part + "]");
    }

    byte[] finish(String reason) {
        return utf8(head + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":" + Json.write(reason) + "}]"
                + end);
    }

    byte[] usage(Usage usage) {
        return utf8(head + "],\"usage\":" + Json.write(usage) + "}\n\n");
    }

    /** The last words of a stream that is not whole. */
    static byte[] error(Problem problem) {
        Map<String, Object> body = OpenAiManners.body(problem);
        return utf8("data: " + Json.write(body) + "\n\n");
    }

    private byte[] delta(String members) {
        return utf8(head + "{\"index\":0,\"delta\":{" + members + NOT_FINISHED + end);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
