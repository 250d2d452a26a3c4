package dev.millrace.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Providers;
import dev.millrace.generation.provider.catalogue.Catalogue;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges what is asked for. Every fault is told with its place; nothing is ignored.
 *
 * <p>Words are counted in code points, before and after they are cleaned: 32,000 in a prompt for text and in each message, 128,000
 * in a conversation, 8,000 in a prompt for pictures.
 */
final class Proposals {
    static final int MOST_TEXT = 32_000;
    static final int MOST_CONVERSATION = 128_000;
    static final int MOST_PICTURE = 8_000;

    private final Catalogue catalogue;
    private final Providers providers;

    Proposals(Catalogue catalogue, Providers providers) {
        this.catalogue = catalogue;
        this.providers = providers;
    }

    /**
     * What is to be made; reads the catalogue, so no transaction may be open.
     *
     * @throws Problem INVALID_REQUEST
     */
    Proposal judge(NewGeneration asked) {
        var prompts = new Prompts();
        GenerationKind kind = asked.kind();
        List<Message> messages = conversation(asked, prompts);
        String prompt = messages.isEmpty()
                ? words("/prompt", asked.prompt(), kind == GenerationKind.TEXT ? MOST_TEXT : MOST_PICTURE, prompts)
                : lastOfUser(messages);
        return proposal(asked, model(asked), new Said(prompt, messages, null), prompts);
    }

    /**
     * The same for a chat of OpenAI's protocol; of {@code asked} the model, the options and the labels count.
     *
     * @throws Problem INVALID_REQUEST, also when the chat says what its model does not take
     */
    Proposal judge(NewGeneration asked, ChatAsked chat) {
        var prompts = new Prompts();
        var conversation = new Conversations(prompts);
        conversation.judge(chat.messages());
        Model model = model(asked);
        ObjectNode fields = chat.fields().deepCopy();
        NewGeneration whole = asked.with(optionsAmong(fields, model));
        var said = new Said(conversation.prompt(), conversation.words(), beyondWords(model, conversation, fields));
        Proposal proposal = proposal(whole, model, said, prompts);
        return chat.once() ? proposal.asOnce() : proposal;
    }

    /** Takes out what the model has an option for. */
    private static Map<String, Object> optionsAmong(ObjectNode fields, Model model) {
        var options = new HashMap<String, Object>();
        for (String name : model.options().keySet()) {
            JsonNode value = fields.remove(name);
            if (value != null) {
                options.put(name, Json.MAPPER.convertValue(value, Object.class));
            }
        }
        return options;
    }

    private @Nullable Chat beyondWords(Model model, Conversations conversation, ObjectNode fields) {
        if (!providers.takesChats(model.provider())) {
            String rich = conversation.rich();
            String demand = new Chat(fields).demand();
            if (rich != null) {
                throw fault(rich, "unknown_field", "is not taken: the model " + model.id() + " reads words alone");
            }
            if (demand != null) {
                throw fault("/" + demand, "unknown_field", "is not taken by the model " + model.id());
            }
            return null;
        }
        ArrayNode messages = conversation.cleaned();
        if (messages != null) {
            fields.set("messages", messages);
        }
        return fields.isEmpty() ? null : new Chat(fields);
    }

    private Proposal proposal(NewGeneration asked, Model model, Said said, Prompts prompts) {
        Map<String, String> metadata = asked.metadata();
        return new Proposal(
                model,
                said.prompt(),
                said.messages(),
                model.judge(asked.options()),
                said.chat(),
                Beginnings.judge(asked.inputs(), model, providers.inputs(model)),
                prompts.report(),
                metadata == null ? Map.of() : Map.copyOf(metadata),
                asked.quote(),
                false);
    }

    private Model model(NewGeneration asked) {
        String id = asked.model();
        Model model = id == null ? catalogue.standard(asked.kind()) : catalogue.find(id);
        if (model.kind() != asked.kind()) {
            throw fault(
                    "/model",
                    "unknown_model",
                    "names a model for " + model.kind().code() + ", not for "
                            + asked.kind().code());
        }
        if (providers.of(model.provider()) == null) {
            throw fault("/model", "unavailable_model", "names a model whose provider is not set up on this server");
        }
        return model;
    }

    /** The messages of a conversation, none for a prompt alone: exactly one of both is given. */
    private static List<Message> conversation(NewGeneration asked, Prompts prompts) {
        List<NewGeneration.Turn> turns = asked.messages();
        if (turns == null) {
            return List.of();
        }
        if (asked.kind() != GenerationKind.TEXT) {
            throw fault("/messages", "unknown_field", "are taken for text only");
        }
        if (asked.prompt() != null) {
            throw fault("/messages", "out_of_range", "must not be given beside a prompt");
        }
        var messages = new ArrayList<Message>(turns.size());
        int all = 0;
        for (int i = 0; i < turns.size(); i++) {
            NewGeneration.Turn turn = turns.get(i);
            String cleaned = words("/messages/" + i + "/content", turn.content(), MOST_TEXT, prompts);
            all += cleaned.codePointCount(0, cleaned.length());
            messages.add(turn.message(cleaned));
        }
        if (all > MOST_CONVERSATION) {
            throw fault("/messages", "out_of_range", "must have at most " + MOST_CONVERSATION + " characters in all");
        }
        return messages;
    }

    private static String lastOfUser(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role().equals("user")) {
                return messages.get(i).content();
            }
        }
        throw fault("/messages", "required", "one of the messages must be the user's");
    }

    private static String words(String pointer, @Nullable String sent, int most, Prompts prompts) {
        if (sent == null) {
            throw fault(pointer, "required", "is required");
        }
        String cleaned = cleaned(pointer, sent, most, prompts);
        if (cleaned.isBlank()) {
            throw fault(pointer, "required", "must say something");
        }
        return cleaned;
    }

    /** The words without what is hidden in them, when they are no more than that. */
    static String cleaned(String pointer, String sent, int most, Prompts prompts) {
        refuseLong(pointer, sent, most);
        if (sent.codePoints().anyMatch(Prompts::nonCharacter)) {
            throw fault(pointer, "invalid_text", "must not contain code points that are no characters");
        }
        String cleaned = prompts.clean(sent);
        refuseLong(pointer, cleaned, most);
        return cleaned;
    }

    private static void refuseLong(String pointer, String text, int most) {
        if (text.codePointCount(0, text.length()) > most) {
            throw fault(pointer, "out_of_range", "must have at most " + most + " characters");
        }
    }

    static Problem fault(String pointer, String code, String detail) {
        return Problem.of(ProblemType.INVALID_REQUEST, pointer + " " + detail + ".")
                .at(pointer, code, detail);
    }

    private record Said(
            String prompt, List<Message> messages, @Nullable Chat chat) {}
}
