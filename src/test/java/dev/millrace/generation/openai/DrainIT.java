package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Api;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server that is told to stop: clients of this face cannot come back elsewhere, so what is being said is said to its end. */
class DrainIT {
    @Test
    void anAnswerThatIsBeingSaidIsSaidToItsEnd() throws InterruptedException {
        try (var house = new FaceHouse()) {
            Api person = house.person();
            String prompt = "a boat @words=60 @delay_ms=50";
            try (var client = new RawChat(
                    house.house().address(), person.token(), chat("fake", prompt, Map.of("stream", true)))) {
                client.readUntil("boat4");

                house.house().app().drain();

                String rest = client.readUntil("data: [DONE]\n\n");
                String last = FakeOpenAi.text(prompt);
                assertThat(rest).contains(last.substring(last.lastIndexOf(' ')));
            }
        }
    }
}
