package dev.millrace.generation.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final String[] PIECES = {
        "word ",
        "\"",
        "\\",
        "\n",
        "\r\n",
        "\t",
        "\b",
        "\f",
        "\u0001",
        "\u001f",
        "\u007f",
        "\u00e9",
        "\u2028",
        "\u6c34",
        "\ud83d\udea3",
        "/"
    };

    @Test
    void aDeltaIsOneLineOfJsonThatSaysExactlyItsText() throws Exception {
        var random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
            SseReader.Event event = ModelledLog.parsed(Frame.text(new EventId(3, 9, utf8.length), utf8));

            JsonNode data = Api.JSON.readTree(event.data());
            assertThat(event.id()).isEqualTo("3.9." + utf8.length);
            assertThat(event.event()).isEqualTo("delta");
            assertThat(data).hasSize(1);
            assertThat(data.path("text").asText()).isEqualTo(text.toString());
        }
    }

    @Test
    void anEventCarriesItsDataAndGivesItBack() {
        Frame frame = Frame.of(new EventId(1, 2, 3), "started", "{\"attempt\":1}".getBytes(StandardCharsets.UTF_8));
        assertThat(frame).hasToString("id: 1.2.3\nevent: started\ndata: {\"attempt\":1}\n\n");
        assertThat(frame.data()).isEqualTo("{\"attempt\":1}");
        assertThat(Frame.text(new EventId(1, 2, 3), new byte[] {'a', '"', 'b'}).data())
                .isEqualTo("a\"b");
    }

    @Test
    void thePartsOfADeltaAreItsTextAndNoCharacterIsEverCut() {
        byte[] text = "a\u00e9\u6c34\ud83d\udea3z".getBytes(StandardCharsets.UTF_8);
        Frame frame = Frame.text(new EventId(1, 5, 100 + text.length), text);
        var places = Map.of(
                100L, true, 101L, true, 102L, false, 103L, true, 104L, false, 106L, true, 107L, false, 110L, true);
        places.forEach((from, whole) -> {
            Frame rest = frame.from(from);
            assertThat(rest != null).as("from " + from).isEqualTo(whole);
            if (rest != null) {
                assertThat(rest.start()).isEqualTo(from);
                assertThat(rest.id()).isEqualTo(frame.id());
            }
        });
        assertThat(frame.from(99)).isNull();
        assertThat(frame.from(100 + text.length)).isNull();
        assertThat(frame.part(101, 106, 3))
                .hasToString("id: 1.3.106\nevent: delta\ndata: {\"text\":\"\u00e9\u6c34\"}\n\n");
    }

    @Test
    void idsAreReadStrictly() {
        assertThat(EventId.parse("12.3.45")).isEqualTo(new EventId(12, 3, 45));
        assertThat(EventId.parse("0.1.0")).isEqualTo(new EventId(0, 1, 0));
        for (String odd : new String[] {
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "-1.2.3",
            "+1.2.3",
            "1.0.0",
            "1..3",
            ".1.2",
            "1.2.",
            "a.b.c",
            " 1.2.3",
            "1.2.3\n",
            "\u0661.2.3",
            "9".repeat(19) + ".1.0",
            "1.2.3".repeat(20)
        }) {
            assertThat(EventId.parse(odd)).as(odd).isNull();
        }
        assertThat(EventId.parse(null)).isNull();
    }
}
