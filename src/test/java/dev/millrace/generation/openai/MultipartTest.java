package dev.millrace.generation.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Forms as libraries send them, and as nobody should. */
class MultipartTest {
    private static final String TYPE = "multipart/form-data; boundary=\"a b\"";

    @Test
    void partsAreReadAsTheyWereSent() {
        String form = String.join(
                "\r\n",
                "--a b",
                "Content-Disposition: form-data; name=\"prompt\"",
                "",
                "line",
                "--a",
                "line",
                "--a b",
                "content-type: text/plain",
                "content-disposition: FORM-DATA; filename=\"name=x\"; name=\"f\"",
                "",
                "",
                "--a b--",
                "");
        List<Multipart.Part> parts = parts(TYPE, form);
        assertThat(parts).extracting(Multipart.Part::name).containsExactly("prompt", "f");
        assertThat(parts).extracting(Multipart.Part::text).containsExactly("line\r\n--a\r\nline", "");
        assertThat(parts).extracting(Multipart.Part::file).containsExactly(false, true);
    }

    @Test
    void aPreambleIsPassedOverAndAnEmptyFormIsOne() {
        assertThat(parts("Multipart/Form-Data;BOUNDARY=b", "preamble\r\n--b--")).isEmpty();
        assertThat(parts("multipart/form-data; charset=x; boundary=b; more=1", "--b--\r\nepilogue"))
                .isEmpty();
    }

    @Test
    void whatIsNoFormIsRefused() {
        refused("multipart/form-data", "--b--");
        refused("multipart/form-data; boundary=b", "");
        refused("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--");
        refused("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--");
        refused("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"");
        refused("multipart/form-data; boundary=b", "--bx\r\n\r\nx\r\n--b--");
    }

    @Test
    void atMostTwentyPartsAreTaken() {
        String part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
        assertThat(parts("multipart/form-data; boundary=b", part.repeat(20) + "--b--"))
                .hasSize(20);
        refused("multipart/form-data; boundary=b", part.repeat(21) + "--b--");
    }

    @Test
    void anyBytesAreAFormOrARefusal() {
        var random = new Random(7);
        String[] bits = {"--b", "\r\n", "--", "Content-Disposition: form-data; name=\"a\"", "\r\n\r\n", "x", "\0"};
        for (int i = 0; i < 20_000; i++) {
            var body = new StringBuilder();
            for (int bit = random.nextInt(12); bit > 0; bit--) {
                body.append(bits[random.nextInt(bits.length)]);
            }
            try {
                assertThat(parts("multipart/form-data; boundary=b", body.toString()))
                        .allMatch(part -> part.name().equals("a"));
            } catch (Problem refusal) {
                assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_REQUEST);
            }
        }
    }

    private static void refused(String type, String body) {
        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> parts(type, body))
                .satisfies(refusal -> assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_REQUEST));
    }

    private static List<Multipart.Part> parts(String type, String body) {
        return Multipart.parts(type, body.getBytes(StandardCharsets.UTF_8));
    }
}
