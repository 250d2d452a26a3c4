package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Message;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Messages as OpenAI's protocol has them. */
class ConversationsTest {
    @Test
    void plainWordsNeedNoMessagesOfTheirOwn() {
        var judged = judge("""
                [{"role": "system", "content": "be brief"}, {"role": "user", "content": "a boat", "name": null},
                 {"role": "assistant", "content": "sea", "refusal": null, "tool_calls": []}]""");
        assertThat(judged.cleaned()).isNull();
        assertThat(judged.rich()).isNull();
        assertThat(judged.prompt()).isEqualTo("a boat");
        assertThat(judged.words())
                .containsExactly(
                        new Message("system", "be brief"),
                        new Message("user", "a boat"),
                        new Message("assistant", "sea"));
    }

    @Test
    void partsOfTextAreWordsToo() {
        var judged = judge("""
                [{"role": "developer", "content": "x"},
                 {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "boat"}]}]""");
        assertThat(judged.rich()).isNull();
        assertThat(judged.words()).containsExactly(new Message("system", "x"), new Message("user", "a\nboat"));
        assertThat(judged.cleaned())
                .hasToString(
                        "[{\"role\":\"developer\",\"content\":\"x\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                                + "{\"type\":\"text\",\"text\":\"boat\"}]}]");
    }

    @Test
    void whatIsMoreThanWordsIsPointedAt() {
        assertThat(judge("""
                [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}]}]""").rich()).isEqualTo("/messages/0/content/1");
        assertThat(judge("""
                [{"role": "user", "content": "a"}, {"role": "tool", "tool_call_id": "c", "content": ""}]""").rich()).isEqualTo("/messages/1/tool_call_id");
        assertThat(judge("""
                [{"role": "user", "content": "a", "name": "n/m"}]""").rich()).isEqualTo("/messages/0/name");
    }

    @Test
    void wordsAreCleanedWhereverTheyStand() {
        var judged = judge("""
                [{"role": "user", "content": [{"type": "text", "text": "a\\u202e boat", "cache": 1}]},
                 {"role": "tool", "tool_call_id": "c", "content": "12\\u200b degrees"}]""");
        assertThat(judged.cleaned())
                .hasToString("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a boat\",\"cache\":1}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"12 degrees\"}]");
    }

    @Test
    void thePromptIsTheLastThingTheUserSaidOrTheLastThingAnybodySaid() {
        assertThat(judge("""
                [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}, {"role": "user", "content": ""},
                 {"role": "assistant", "content": "c"}]""").prompt()).isEqualTo("b");
        assertThat(judge("""
                [{"role": "system", "content": "a"}, {"role": "assistant", "content": "c"}]""").prompt()).isEqualTo("c");
    }

    @Test
    void whatIsNoConversationIsRefusedAtItsPlace() {
        refused("{}", "/messages");
        refused("[]", "/messages");
        refused("[{\"role\": \"user\", \"content\": \" \"}]", "/messages");
        refused("[3]", "/messages/0/role");
        refused("[{\"role\": \"user\"}]", "/messages/0/content");
        refused("[{\"role\": \"user\", \"content\": 3}]", "/messages/0/content");
        refused("[{\"role\": \"user\", \"content\": [\"a\"]}]", "/messages/0/content/0");
        refused("[{\"role\": \"user\", \"content\": [{\"type\": \"text\"}]}]", "/messages/0/content/0/text");
        refused("[{\"role\": \"user\", \"content\": \"" + "a".repeat(32_001) + "\"}]", "/messages/0/content");
        refused(
                "[" + "{\"role\": \"user\", \"content\": \"a\"},".repeat(1024)
                        + "{\"role\": \"user\", \"content\": \"a\"}]",
                "/messages");
    }

    private static void refused(String messages, String pointer) {
        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> judge(messages))
                .satisfies(refusal ->
                        assertThat(refusal.errors().getFirst().pointer()).isEqualTo(pointer));
    }

    private static Conversations judge(String messages) {
        JsonNode tree = Json.tree(messages.getBytes(StandardCharsets.UTF_8));
        var conversation = new Conversations(new Prompts());
        conversation.judge(tree);
        return conversation;
    }
}
