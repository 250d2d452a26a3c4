package dev.millrace.generation.provider.replicate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Request;
import dev.millrace.platform.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a model is asked, and where. The catalogue names a model's options as the model does, save two that have one name with us.
 *
 * @param path where the create goes
 * @param body of the create
 */
record Input(String path, Map<String, Object> body) {
    private static final Map<String, String> THEIR_NAMES = Map.of("count", "num_outputs", "seconds", "duration");
    private static final Pattern VERSION = Pattern.compile("(?:[^:]+:)?([0-9a-f]{64})");

    /**
     * What a request comes to.
     *
     * <p>{@code owner/name} is an official model, {@code owner/name:version} one of a community's, {@code deployments/…} one's own.
     *
     * @param pictures what it begins with, by the model's own name for it
     */
    static Input of(Request request, Map<String, Object> pictures) {
        String model = request.vendorModel();
        Map<String, Object> input = values(request);
        input.putAll(pictures);
        var version = VERSION.matcher(model);
        if (version.matches()) {
            return new Input("/predictions", Map.of("version", version.group(1), "input", input));
        }
        String folder = model.startsWith("deployments/") ? "/" : "/models/";
        return new Input(folder + model + "/predictions", Map.of("input", input));
    }

    /**
     * Whether a prediction may be this one: it has all that was sent, and is not known to be another model's. One whose pictures the
     * vendor does not show is not: it may have begun with somebody else's.
     */
    boolean mayBe(JsonNode prediction) {
        JsonNode theirs = prediction.path("input");
        JsonNode ours = Json.MAPPER.valueToTree(body.get("input"));
        Object version = body.get("version");
        boolean sameVersion =
                version == null || version.equals(prediction.path("version").asText());
        String model = prediction.path("model").asText("");
        boolean sameModel =
                version != null || model.isEmpty() || path.contains(model) || path.startsWith("/deployments/");
        return sameVersion
                && sameModel
                && ours.propertyStream().allMatch(member -> same(member.getValue(), theirs.get(member.getKey())));
    }

    /** Numbers are compared as numbers: what was sent as 1.0 may come back as 1. */
    private static boolean same(JsonNode ours, JsonNode theirs) {
        if (theirs == null) {
            return false;
        }
        return ours.isNumber() && theirs.isNumber()
                ? ours.decimalValue().compareTo(theirs.decimalValue()) == 0
                : ours.equals(theirs);
    }

    private static Map<String, Object> values(Request request) {
        var values = new LinkedHashMap<String, Object>();
        List<Message> talk = request.messages();
        List<Message> turns = talk.stream()
                .filter(message -> !message.role().equals("system"))
                .toList();
        values.put("prompt", turns.size() == 1 ? turns.getFirst().content() : transcript(turns));
        String system = talk.stream()
                .filter(message -> message.role().equals("system"))
                .map(Message::content)
                .collect(Collectors.joining("\n\n"));
        if (!system.isEmpty()) {
            values.put("system_prompt", system);
        }
        request.options().values().forEach((name, value) -> values.put(THEIR_NAMES.getOrDefault(name, name), value));
        return values;
    }

    /** Models here take one text: a conversation is written out. */
    private static String transcript(List<Message> turns) {
        return turns.stream()
                        .map(turn -> (turn.role().equals("assistant") ? "Assistant: " : "User: ") + turn.content())
                        .collect(Collectors.joining("\n\n"))
                + "\n\nAssistant:";
    }
}
