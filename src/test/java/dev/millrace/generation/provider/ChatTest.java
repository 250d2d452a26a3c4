package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a chat may cost at most, before anybody has counted it. */
class ChatTest {
    private static final String TEXT = "w".repeat(20_000);

    @Test
    void aPictureIsOneHoweverLongItsAddressIs() {
        long brief = tokens(picture("https://example.com/a.png"));
        assertThat(brief).isBetween(48_169L, 51_000L); // eight tiles at the dearest vendor
        assertThat(tokens(picture("data:image/png;base64," + TEXT))).isEqualTo(brief);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\":[{\"role\":\"user\",\"type\":\"image_url\",\"content\":\"%s\"}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"text\":\"%s\"}]}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"image_url\":{\"url\":\"%s\"}}]}]}",
                "{\"tools\":[{\"default\":{\"type\":\"image_url\",\"image_url\":{\"url\":\"%s\"}}}]}",
                "[{\"role\":\"user\",\"content\":\"%s\",\"type\":\"image_url\"}]"
            })
    void nothingPassesForAPictureThatIsNone(String chat) {
        assertThat(tokens(chat.formatted(TEXT))).isGreaterThan(TEXT.length());
    }

    private static String picture(String url) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url
                + "\"}}]}]}";
    }

    private static long tokens(String chat) {
        return new Chat(Json.read(chat, JsonNode.class)).mostTokens();
    }
}
