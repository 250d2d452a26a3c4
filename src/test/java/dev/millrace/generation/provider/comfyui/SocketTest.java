package dev.millrace.generation.provider.comfyui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderEvent.Preview;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.job.Vigils;
import dev.millrace.platform.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's messages as its source has them. */
class SocketTest {
    private static final String ID = "37387608-1fe1-313c-acb2-689a7531dead";

    @TempDir
    Path folder;

    private final Vigil vigil = Vigils.of(ID);

    @Test
    void eachMessageTellsWhereThePromptStands() {
        ComfySocket socket = socket(vigil);
        var fractions = lines("socket.ndjson").stream()
                .map(line -> {
                    socket.text(line);
                    Sighting seen = Vigils.seen(vigil);
                    return seen == null ? "-" : seen.state() + " " + seen.fraction();
                })
                .toList();

        // a sampler counts 20 and the other node 1: where it begins, after 2 and 20 of 20 steps, and at its end
        assertThat(fractions)
                .containsExactly(
                        "-",
                        "-",
                        "-",
                        "RUNNING 0.0",
                        "RUNNING " + 2.0 / 21,
                        "RUNNING " + 2.0 / 21,
                        "RUNNING " + 20.0 / 21,
                        "RUNNING " + 20.0 / 21,
                        "-",
                        "OVER null",
                        "-",
                        "-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket-failed.ndjson", "socket-interrupted.ndjson"})
    void aBadEndIsAnEnd(String file) {
        ComfySocket socket = socket(vigil);
        lines(file).forEach(socket::text);

        assertThat(Vigils.over(vigil)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket.ndjson", "socket-failed.ndjson"})
    void theMessagesOfAnotherPromptAreNotOurs(String file) {
        Vigil another = Vigils.of("another");
        ComfySocket socket = socket(another);
        lines(file).forEach(socket::text);

        assertThat(Vigils.seen(another)).isNull();
        assertThat(Vigils.over(another)).isFalse();
    }

    @Test
    void noMessageThatIsCutOrSpoiltDoesHarm() {
        var random = new Random(7);
        for (String line : lines("socket.ndjson")) {
            for (int cut = 0; cut < line.length(); cut++) {
                Vigil cutOff = Vigils.of(ID);
                socket(cutOff).text(line.substring(0, cut));
                assertThat(Vigils.seen(cutOff)).isNull();
            }
            for (int i = 0; i < 200; i++) {
                var spoilt = new StringBuilder(line);
                spoilt.setCharAt(random.nextInt(line.length()), (char) random.nextInt(0x20, 0x7f));
                socket(Vigils.of(ID)).text(spoilt.toString());
            }
        }
    }

    @Test
    void bothKindsOfPreviewAreShown() {
        for (String preview : lines("previews.hex")) {
            ComfySocket socket = socket(vigil);
            byte[] bytes = HexFormat.of().parseHex(preview);
            for (int cut = 0; cut < 30; cut++) {
                socket(vigil).bytes(Arrays.copyOf(bytes, cut));
            }
            assertThat(Vigils.events(vigil)).isEmpty();

            socket.bytes(bytes);

            assertThat(Vigils.events(vigil))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Preview.class,
                            shown -> assertThat(List.of(shown.contentType(), shown.width(), shown.height()))
                                    .isEqualTo(List.of("image/png", 1, 1)));
        }
    }

    private ComfySocket socket(Vigil told) {
        JsonNode graph = Json.read(
                "{\"5\": {\"class_type\": \"KSampler\"}, \"7\": {\"class_type\": \"SaveImage\"}}", JsonNode.class);
        var request = Calls.request(GenerationKind.IMAGE, "comfyui/text-to-image", "a boat", Map.of());
        return new ComfySocket(Calls.call(request, folder), told, new Steps(graph));
    }

    private static List<String> lines(String file) {
        try (InputStream in = Objects.requireNonNull(SocketTest.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
