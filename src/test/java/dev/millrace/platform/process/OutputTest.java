package dev.millrace.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {
    @Test
    void linesEndWithOrWithoutCarriageReturnAndTheLastWithoutBoth() throws Exception {
        assertThat(lines("frame=1\r\nspeed=2x\n\nfähre=end")).containsExactly("frame=1", "speed=2x", "", "fähre=end");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void anEndlessLineIsCut() throws Exception {
        List<String> lines = lines("x".repeat(1_000_000) + "\nnext");

        assertThat(lines.getFirst()).hasSize(64 * 1024);
        assertThat(lines.getLast()).isEqualTo("next");
    }

    @Test
    void theTailKeepsTheLastBytes() {
        var tail = new Tail(8);
        tail.write("0123456789abc".getBytes(StandardCharsets.UTF_8), 0, 13);
        assertThat(tail.text()).isEqualTo("56789abc");
        tail.write('d');
        assertThat(tail.text()).isEqualTo("6789abcd");
        tail.write("xy".getBytes(StandardCharsets.UTF_8), 1, 1);
        assertThat(tail.text()).isEqualTo("789abcdy");
    }

    @Test
    void theHeadKeepsTheFirstBytesAndReadsTheRest() throws Exception {
        var head = new Head(10);
        var stream = new ByteArrayInputStream("0123456789abc".repeat(10_000).getBytes(StandardCharsets.UTF_8));

        head.read(stream);

        assertThat(head.text()).isEqualTo("0123456789");
        assertThat(stream.available()).isZero();
    }

    private static List<String> lines(String text) throws Exception {
        var lines = new ArrayList<String>();
        Output.lines(lines::add).read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return lines;
    }
}
