package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.over;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.videos.ImageInputReferenceParam;
import com.openai.models.videos.Video;
import com.openai.models.videos.VideoCreateParams;
import com.openai.models.videos.VideoModel;
import com.openai.models.videos.VideoSeconds;
import com.openai.models.videos.VideoSize;
import dev.millrace.testing.Api;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** OpenAI's own client for Java, unchanged, against the production house. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class OpenAiJavaIT {
    private FaceHouse house;
    private Api person;
    private OpenAIClient client;

    @BeforeAll
    void open() {
        house = new FaceHouse();
        person = house.person();
        client = client(person.token());
    }

    @AfterAll
    void close() {
        client.close();
        house.close();
    }

    @Test
    void modelsAreListedAndRetrieved() {
        assertThat(client.models().list().data()).anyMatch(model -> model.id().equals("studio/text"));
        assertThat(client.models().retrieve("studio/text").ownedBy()).isEqualTo("studio");
    }

    @Test
    void aChatIsAnsweredAtOnce() {
        ChatCompletion answer =
                client.chat().completions().create(chat("a boat @words=3 java").build());
        assertThat(answer.choices().getFirst().message().content()).hasValue("sea0 \u00e9t\u00e91 \u6d772");
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(answer.usage().orElseThrow().totalTokens()).isEqualTo(19);
        answer.validate();
    }

    @Test
    void aChatIsStreamed() {
        var asked = chat("a boat @words=5 java")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        var text = new StringBuilder();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asked)) {
            List<ChatCompletionChunk> chunks = stream.stream().toList();
            chunks.forEach(ChatCompletionChunk::validate);
            chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .forEach(choice -> choice.delta().content().ifPresent(text::append));
            assertThat(chunks.getLast().usage().orElseThrow().completionTokens())
                    .isEqualTo(5);
        }
        assertThat(text).hasToString("sea0 \u00e9t\u00e91 \u6d772 \ud83d\ude803 boat4");
    }

    @Test
    void toolsAreCalledAndTheirResultsAreRead() {
        var tool = ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("weather")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .build())
                        .build())
                .build();
        var asked = chat("weather? @tool=weather @words=0").addTool(tool);

        ChatCompletion.Choice choice =
                client.chat().completions().create(asked.build()).choices().getFirst();

        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        ChatCompletionMessageToolCall call =
                choice.message().toolCalls().orElseThrow().getFirst();
        assertThat(call.asFunction().function().arguments())
                .isEqualTo("{\"city\":\"K\u00f6ln \ud83d\ude80\",\"days\":0}");
        asked.addMessage(choice.message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.asFunction().id())
                        .content("12 degrees @words=2")
                        .build());
        assertThat(client.chat()
                        .completions()
                        .create(asked.build())
                        .choices()
                        .getFirst()
                        .message()
                        .content())
                .hasValue("sea0 \u00e9t\u00e91");
    }

    @Test
    void aClosedStreamEndsItsGeneration() {
        var asked = chat("a boat @words=5000 @delay_ms=20 java abort").build();
        String id;
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asked)) {
            Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
            id = chunks.next().id().substring("chatcmpl-".length());
            for (int i = 0; i < 5; i++) {
                chunks.next();
            }
        }
        JsonNode generation = over(person, id);
        assertThat(generation.path("status").asText()).isEqualTo("canceled");
        assertThat(FaceHouse.charged(generation)).isPositive();
    }

    @Test
    void errorsAreThoseTheLibraryKnows() {
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> client("sk-nobody").models().list());
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.chat()
                        .completions()
                        .create(chat("x").temperature(9).build()))
                .satisfies(error -> assertThat(error.param()).hasValue("temperature"));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.chat()
                        .completions()
                        .create(chat("x").model("nobody/nothing").build()))
                .satisfies(error -> assertThat(error.code()).hasValue("model_not_found"));
        String prompt = "a boat @status=400 java";
        assertThatExceptionOfType(InternalServerException.class)
                .isThrownBy(
                        () -> client.chat().completions().create(chat(prompt).build()));
        assertThat(house.vendor().chats(prompt)).as("not asked for again").isEqualTo(1);
    }

    @Test
    void aStreamThatBreaksIsAnErrorAndNoEnd() {
        var asked = chat("a boat @words=8 @cut_after=4 java").build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asked)) {
            assertThatExceptionOfType(OpenAIException.class)
                    .isThrownBy(() -> stream.stream().forEach(chunk -> {}));
        }
    }

    @Test
    void withAKeyARepeatedCallIsTheSameGeneration() {
        var asked = chat("a boat @words=2 java key")
                .putAdditionalHeader("Idempotency-Key", "java-1")
                .build();
        assertThat(client.chat().completions().create(asked).id())
                .isEqualTo(client.chat().completions().create(asked).id());
    }

    @Test
    void anImageIsMade() {
        var made = client.images()
                .generate(ImageGenerateParams.builder()
                        .model("studio/image")
                        .prompt("a boat")
                        .size(ImageGenerateParams.Size.of("256x256"))
                        .build());
        String base64 = made.data().orElseThrow().getFirst().b64Json().orElseThrow();
        assertThat(Base64.getDecoder().decode(base64)).startsWith(0x89, 'P', 'N', 'G');
    }

    @Test
    void aVideoIsMadeFetchedAndDeleted() throws Exception {
        String id = client.videos().create(video().build()).id();
        over(person, id);
        Video video = client.videos().retrieve(id);
        assertThat(video.status()).isEqualTo(Video.Status.COMPLETED);
        try (var content = client.videos().downloadContent(id)) {
            assertThat(content.body().readAllBytes()).hasSizeGreaterThan(1000);
        }
        assertThat(client.videos().delete(id).deleted()).isTrue();
    }

    @Test
    void aVideoBeginsWithAPictureOfTheAccount() throws Exception {
        String picture = person.generate("image", "a boat", Map.of("model", "studio/image"))
                .path("id")
                .asText();
        String asset = over(person, picture).at("/assets/0/id").asText();
        String id = client.videos()
                .create(video().inputReference(
                                ImageInputReferenceParam.builder().fileId(asset).build())
                        .build())
                .id();
        JsonNode row = over(person, id);
        assertThat(row.path("status").asText()).as(row.toString()).isEqualTo("completed");
        assertThat(row.at("/inputs/0").asText()).isEqualTo(asset);
    }

    private static VideoCreateParams.Builder video() {
        return VideoCreateParams.builder()
                .model(VideoModel.of("studio/video"))
                .prompt("a boat")
                .seconds(VideoSeconds.of("1"))
                .size(VideoSize.of("256x144"));
    }

    private OpenAIClient client(String token) {
        return OpenAIOkHttpClient.builder()
                .apiKey(token)
                .baseUrl(house.house().address() + "/openai/v1")
                .build();
    }

    private static ChatCompletionCreateParams.Builder chat(String prompt) {
        return ChatCompletionCreateParams.builder().model("fake").addUserMessage(prompt);
    }
}
