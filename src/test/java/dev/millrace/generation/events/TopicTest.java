package dev.millrace.generation.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Several readers of a generation that runs elsewhere. */
class TopicTest {
    private final Topic topic = new Topic(UUID.randomUUID());
    private final Reader first = new Reader(() -> true);
    private final Reader second = new Reader(() -> true);

    @Test
    void whoHasReadLessIsToldWhatTheOtherHasAlready() throws InterruptedException {
        topic.join(first);
        topic.join(second);
        topic.upTo(id(5));
        topic.upTo(id(3));
        assertThat(topic.due()).isEqualTo(id(3));

        topic.read(List.of(row(4), row(5), row(6)));

        assertThat(seqs(second)).containsExactly(4L, 5L, 6L);
    }

    @Test
    void whoHasReadMoreChangesNothingForTheOther() throws InterruptedException {
        topic.join(first);
        topic.join(second);
        topic.upTo(id(3));
        topic.upTo(id(5));
        assertThat(topic.due()).isEqualTo(id(3));

        topic.read(List.of(row(4), row(5), row(6)));

        assertThat(seqs(first)).containsExactly(4L, 5L, 6L);
    }

    private static List<Long> seqs(Reader reader) throws InterruptedException {
        var frames = new ArrayList<Frame>();
        reader.take(frames, 0);
        return frames.stream().map(frame -> frame.id().seq()).toList();
    }

    private static EventId id(long seq) {
        return new EventId(1, seq, 0);
    }

    private static LogRow row(long seq) {
        return new LogRow(1, seq, 0, "retrying", "{}");
    }
}
