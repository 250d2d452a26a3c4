package dev.millrace.generation.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {
    private static final SseLimits SMALL = new SseLimits(100, 5, 400);

    @Test
    void anEventIsItsDataLinesAndItsType() throws IOException {
        assertThat(parse("event: error\ndata: one\ndata: two\n\ndata: three\n\n"))
                .containsExactly(new SseEvent("error", "one\ntwo"), new SseEvent("message", "three"));
    }

    @Test
    void ofWhatStandsInTheStreamWithoutBelongingToItOnlySoMuchIsKept() throws IOException {
        var stray = new ArrayList<String>();
        var parser = new SseParser(SseLimits.TEXT, new SseParser.Receiver() {
            @Override
            public void event(SseEvent event) {
                throw new AssertionError("no event");
            }

            @Override
            public void stray(String text) {
                stray.add(text);
            }
        });
        byte[] line = ("{" + "x".repeat(1_000) + "\n\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 10_000; i++) {
            parser.feed(line, 0, line.length);
        }
        parser.end();
        assertThat(stray).singleElement().satisfies(text -> assertThat(text).hasSizeLessThan(64 * 1024 + 1_010));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void linesEndInThreeWays(String end) throws IOException {
        assertThat(parse("data: a" + end + "data: b" + end + end + "data: c" + end + end))
                .containsExactly(new SseEvent("message", "a\nb"), new SseEvent("message", "c"));
    }

    @Test
    void nothingElseEndsALine() throws IOException {
        assertThat(parse("data: a\u2028b\u0085c\u000bd\n\n"))
                .containsExactly(new SseEvent("message", "a\u2028b\u0085c\u000bd"));
    }

    @Test
    void exactlyOneSpaceIsTakenOffAndNoneIsNeeded() throws IOException {
        assertThat(parse("data:a\n\ndata:  b \n\n"))
                .containsExactly(new SseEvent("message", "a"), new SseEvent("message", " b "));
    }

    @Test
    void commentsAndUnknownFieldsMeanNothing() throws IOException {
        assertThat(parse(": ping\n:\n\nerror: {}\nData: x\nid: 7\nretry: 10\n\ndata: a\n: in between\ndata: b\n\n"))
                .containsExactly(new SseEvent("message", "a\nb"));
    }

    @Test
    void dataWithoutAValueIsAnEmptyLine() throws IOException {
        assertThat(parse("data\ndata\n\ndata:\n\n"))
                .containsExactly(new SseEvent("message", "\n"), new SseEvent("message", ""));
    }

    @Test
    void anEventTypeWithoutDataIsForgotten() throws IOException {
        assertThat(parse("event: error\n\ndata: a\n\n")).containsExactly(new SseEvent("message", "a"));
    }

    @Test
    void aByteOrderMarkIsSkippedAtTheBeginningAndNowhereElse() throws IOException {
        assertThat(parse("\ufeffdata: a\n\n\ufeffdata: b\n\n")).containsExactly(new SseEvent("message", "a"));
    }

    @Test
    void whatIsNotUtf8BecomesReplacementCharacters() throws IOException {
        byte[] bytes = {'d', 'a', 't', 'a', ':', (byte) 0xff, 'x', '\n', '\n'};
        var events = new ArrayList<SseEvent>();
        new SseParser(SMALL, events::add).feed(bytes, 0, bytes.length);

        assertThat(events).containsExactly(new SseEvent("message", "\ufffdx"));
    }

    @Test
    void anEventWithoutItsBlankLineIsDroppedUnlessItIsTheEndMarker() throws IOException {
        assertThat(parse("data: {\"half\":")).isEmpty();
        assertThat(parse("data: a\n")).isEmpty();
        assertThat(parse("data: [DONE]")).containsExactly(new SseEvent("message", "[DONE]"));
        assertThat(parse("data: [DONE]\n")).containsExactly(new SseEvent("message", "[DONE]"));
    }

    @Test
    void whereverTheStreamIsCutTheEventsAreTheSame() throws IOException {
        String stream =
                "\ufeff: hi\r\n\r\ndata: \u6d77 and \ud83d\ude80\r\ndata:two\r\r\nevent: x\ndata: \u00e9\n\ndata: last\r\n\r\ndata: [DONE]";
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        List<SseEvent> whole = parse(stream);

        for (int cut = 0; cut <= bytes.length; cut++) {
            assertThat(parse(bytes, cut)).as("cut at %d", cut).isEqualTo(whole);
        }
        assertThat(byteByByte(bytes)).isEqualTo(whole);
    }

    @Test
    void whatIsTooLongIsAFaultAndNoEnd() {
        assertThatThrownBy(() -> parse("data: " + "x".repeat(95) + "\n\n")).isInstanceOf(WireFault.class);
        assertThatThrownBy(() -> parse("data: xxxxxxxxxxxxxxxx\n".repeat(6) + "\n"))
                .isInstanceOf(WireFault.class);
        assertThatThrownBy(() -> parse("x".repeat(101))).isInstanceOf(WireFault.class);
        assertThatThrownBy(() -> parse("data: a\n\n".repeat(6))).isInstanceOf(WireFault.class);
        assertThatThrownBy(() -> parse(": comment\n\n".repeat(60))).isInstanceOf(WireFault.class);
    }

    @Test
    void manyCommentsBetweenTwoEventsAreNotTooLong() throws IOException {
        assertThat(parse(": xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n".repeat(8) + "data: a\n\n"))
                .hasSize(1);
    }

    private static List<SseEvent> parse(String stream) throws IOException {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        return parse(bytes, bytes.length);
    }

    private static List<SseEvent> parse(byte[] bytes, int cut) throws IOException {
        var events = new ArrayList<SseEvent>();
        var parser = new SseParser(SMALL, events::add);
        parser.feed(bytes, 0, cut);
        parser.feed(bytes, cut, bytes.length - cut);
        parser.end();
        return events;
    }

    private static List<SseEvent> byteByByte(byte[] bytes) throws IOException {
        var events = new ArrayList<SseEvent>();
        var parser = new SseParser(SMALL, events::add);
        for (int i = 0; i < bytes.length; i++) {
            parser.feed(bytes, i, 1);
        }
        parser.end();
        return events;
    }
}
