package dev.millrace.generation.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What goes over the wire between nodes comes out as it went in. */
class NewsTest {
    @Test
    void newsComeOutAsTheyWentIn() {
        var one = new News(
                UUID.randomUUID(),
                4,
                List.of(
                        new LogRow(2, 5, 17, "delta", "\u6c34\ud83d\udea3 \"x\"\n"),
                        new LogRow(2, 6, 17, "completed", "{\"text\":\"" + "y".repeat(100_000) + "\"}")));
        var other = new News(UUID.randomUUID(), 0, List.of(new LogRow(1, 1, 0, "started", "{}")));
        assertThat(News.decode(News.encode(List.of(one, other)))).containsExactly(one, other);
    }

    @Test
    void wishesComeOutAsTheyWentIn() {
        var wish = new Relay.Wish(UUID.randomUUID(), List.of(UUID.randomUUID(), UUID.randomUUID()));
        assertThat(Relay.Wish.decode(wish.encode())).isEqualTo(wish);
    }
}
