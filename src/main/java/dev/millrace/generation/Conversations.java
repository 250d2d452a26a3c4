package dev.millrace.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.generation.provider.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges the messages of a chat as OpenAI's protocol has them: cleans every word in them and tells which of them are more than
 * words. One object judges one request.
 */
final class Conversations {
    static final int MOST_MESSAGES = 1024;

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");

    /** Of what an answer of ours has when it is sent back as a message, this says nothing when it is empty. */
    private static final Set<String> OF_ANSWERS =
            Set.of("refusal", "annotations", "audio", "function_call", "tool_calls", "reasoning_content");

    private final Prompts prompts;
    private final ArrayNode cleaned = JsonNodeFactory.instance.arrayNode();
    private final List<Message> words = new ArrayList<>();
    private boolean differs;
    private @Nullable String rich;
    private int points;

    Conversations(Prompts prompts) {
        this.prompts = prompts;
    }

    /** Throws INVALID_REQUEST with the first fault. */
    void judge(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MOST_MESSAGES) {
            throw Proposals.fault("/messages", "out_of_range", "must be a list of 1 to " + MOST_MESSAGES + " messages");
        }
        for (int i = 0; i < messages.size(); i++) {
            message("/messages/" + i, messages.get(i));
        }
        if (words.stream().allMatch(message -> message.content().isBlank())) {
            throw Proposals.fault("/messages", "required", "must say something");
        }
    }

    /** The words of the messages, for whoever understands words alone. */
    List<Message> words() {
        return words;
    }

    /** The last thing the user said, else the last that anybody said. */
    String prompt() {
        String last = "";
        for (Message message : words.reversed()) {
            String said = message.content();
            if (message.role().equals("user") && !said.isBlank()) {
                return said;
            }
            last = last.isBlank() ? said : last;
        }
        return last;
    }

    /** Where the first message stands that is more than words; null when there is none. */
    @Nullable
    String rich() {
        return rich;
    }

    /** The messages as they came, with clean words; null when {@link #words} say the same. */
    @Nullable
    ArrayNode cleaned() {
        return differs ? cleaned : null;
    }

    private void message(String pointer, JsonNode message) {
        JsonNode role = message.path("role");
        if (!role.isTextual() || !ROLES.contains(role.textValue())) {
            throw Proposals.fault(
                    pointer + "/role", "out_of_range", "must be system, developer, user, assistant or tool");
        }
        ObjectNode clean = cleaned.addObject();
        var said = new StringBuilder();
        for (Map.Entry<String, JsonNode> member : message.properties()) {
            String at = pointer + "/" + member.getKey().replace("~", "~0").replace("/", "~1");
            JsonNode value = member.getValue();
            switch (member.getKey()) {
                case "role" -> clean.set("role", value);
                case "content" -> clean.set("content", content(at, value, said));
                default -> {
                    boolean nothing = value.isNull()
                            || OF_ANSWERS.contains(member.getKey()) && value.isContainerNode() && value.isEmpty();
                    if (!nothing) {
                        isRich(at);
                        clean.set(member.getKey(), value);
                    }
                }
            }
        }
        if (!clean.has("content") && !role.textValue().equals("assistant")) {
            throw Proposals.fault(pointer + "/content", "required", "is required");
        }
        add(pointer, role.textValue(), said.toString());
    }

    private void add(String pointer, String role, String said) {
        points += said.codePointCount(0, said.length());
        if (points > Proposals.MOST_CONVERSATION) {
            throw Proposals.fault(
                    "/messages",
                    "out_of_range",
                    "must have at most " + Proposals.MOST_CONVERSATION + " characters in all");
        }
        switch (role) {
            case "tool" -> isRich(pointer + "/role");
            case "developer" -> differs = true;
            default -> {
                // plain words of somebody everybody knows
            }
        }
        words.add(new Message(role.equals("developer") ? "system" : role, said));
    }

    private JsonNode content(String pointer, JsonNode content, StringBuilder said) {
        if (content.isTextual()) {
            return JsonNodeFactory.instance.textNode(clean(pointer, content.textValue(), said));
        }
        if (content.isNull()) {
            differs = true;
            return content;
        }
        if (!content.isArray()) {
            throw Proposals.fault(pointer, "wrong_type", "must be a string or a list of parts");
        }
        differs = true;
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < content.size(); i++) {
            parts.add(part(pointer + "/" + i, content.get(i), said));
        }
        return parts;
    }

    private JsonNode part(String pointer, JsonNode part, StringBuilder said) {
        if (!part.isObject() || !part.path("type").isTextual()) {
            throw Proposals.fault(pointer, "wrong_type", "must be an object with a type");
        }
        JsonNode text = part.path("text");
        if (!part.path("type").textValue().equals("text")) {
            isRich(pointer);
            return part;
        }
        if (!text.isTextual()) {
            throw Proposals.fault(pointer + "/text", "required", "is required");
        }
        ObjectNode clean = part.deepCopy();
        clean.put("text", clean(pointer + "/text", text.textValue(), said));
        return clean;
    }

    private String clean(String pointer, String text, StringBuilder said) {
        String clean = text.isEmpty() ? "" : Proposals.cleaned(pointer, text, Proposals.MOST_TEXT, prompts);
        said.append(said.isEmpty() || clean.isEmpty() ? "" : "\n").append(clean);
        return clean;
    }

    private void isRich(String pointer) {
        differs = true;
        rich = rich == null ? pointer : rich;
    }
}
