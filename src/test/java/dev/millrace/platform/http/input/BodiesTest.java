package dev.millrace.platform.http.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.Problem.FieldError;
import dev.millrace.platform.problem.ProblemType;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodiesTest {
    record Order(
            @NotBlank @Size(max = 10) String title,
            @Nullable @Min(1) @Max(5) Integer copies,
            @Nullable Long seed,
            @Nullable @DecimalMin("0.5") BigDecimal price,
            @Nullable Boolean urgent,
            @Nullable Kind kindOfPaper,
            @Nullable UUID id,
            @Nullable Instant dueAt,
            @Nullable @Size(max = 3) List<@Valid Line> lines,
            @Nullable Map<String, @Size(max = 4) String> metadata) {}

    record Line(@NotNull @Pattern(regexp = "[a-z]+") String itemName, int count) {}

    enum Kind {
        @JsonProperty("glossy")
        GLOSSY,
        @JsonProperty("plain")
        PLAIN
    }

    @Test
    void aRightBodyBecomesARecord() {
        Order order = read("""
                {"title": "\u00fcber \\ud83d\\ude00", "copies": 2, "seed": 9223372036854775807, "price": 1.50, "urgent": true,
                 "kind_of_paper": "glossy", "id": "0198c0de-0000-7000-8000-000000000001", "due_at": "2026-01-02T03:04:05+01:00",
                 "lines": [{"item_name": "ink", "count": 3}], "metadata": {"a": "b"}}""");

        assertThat(order.title()).isEqualTo("\u00fcber \ud83d\ude00");
        assertThat(order.seed()).isEqualTo(Long.MAX_VALUE);
        assertThat(order.price()).isEqualTo(new BigDecimal("1.50"));
        assertThat(order.kindOfPaper()).isEqualTo(Kind.GLOSSY);
        assertThat(order.dueAt()).isEqualTo(Instant.parse("2026-01-02T02:04:05Z"));
        assertThat(order.lines()).containsExactly(new Line("ink", 3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"title":"a","title":"b"}                    | /title            | duplicate_key
            {"title":"a","lines":[{"item_name":"x","count":1,"count":2}]} | /lines/0/count | duplicate_key
            {"title":"a"} {}                             |                   | invalid_text
            {"title":"a"}]                               |                   | invalid_text
            {"title":"a"                                 |                   | invalid_text
            {'title':'a'}                                |                   | invalid_text
            {"title":"a",}                               |                   | invalid_text
            {"title":"a","copies":NaN}                   |                   | invalid_text
            {"title":"a","copies":+1}                    |                   | invalid_text
            {"title":"a","copies":01}                    |                   | invalid_text
            {"title":"a"} // no                          |                   | invalid_text
            {"title":5}                                  | /title            | wrong_type
            {"title":true}                               | /title            | wrong_type
            {"title":["a"]}                              | /title            | wrong_type
            {"title":"a","copies":"2"}                   | /copies           | wrong_type
            {"title":"a","copies":""}                    | /copies           | wrong_type
            {"title":"a","copies":2.0}                   | /copies           | wrong_type
            {"title":"a","copies":2.9}                   | /copies           | wrong_type
            {"title":"a","copies":true}                  | /copies           | wrong_type
            {"title":"a","copies":1e1}                   | /copies           | wrong_type
            {"title":"a","copies":2147483648}            | /copies           | out_of_range
            {"title":"a","seed":9223372036854775808}     | /seed             | out_of_range
            {"title":"a","seed":-0}                      | /seed             | out_of_range
            {"title":"a","price":1e999999}               | /price            | out_of_range
            {"title":"a","price":1e-999999999999}        | /price            | out_of_range
            {"title":"a","price":"1"}                    | /price            | wrong_type
            {"title":"a","urgent":1}                     | /urgent           | wrong_type
            {"title":"a","urgent":"true"}                | /urgent           | wrong_type
            {"title":"a","kind_of_paper":"gold"}         | /kind_of_paper    | out_of_range
            {"title":"a","kind_of_paper":"GLOSSY"}       | /kind_of_paper    | out_of_range
            {"title":"a","kind_of_paper":0}              | /kind_of_paper    | wrong_type
            {"title":"a","id":"1-1-1-1-1"}               | /id               | wrong_type
            {"title":"a","due_at":"tomorrow"}            | /due_at           | wrong_type
            {"title":"a","due_at":1700000000}            | /due_at           | wrong_type
            {"title":"a","lines":{}}                     | /lines            | wrong_type
            {"title":"a","lines":[3]}                    | /lines/0          | wrong_type
            {"title":"a","lines":[{"item_name":"x"}]}    | /lines/0/count    | required
            {"title":"a","lines":[{"count":1}]}          | /lines/0/item_name | required
            {"title":"a","lines":[{"item_name":"X","count":1}]} | /lines/0/item_name | invalid_text
            {"title":"a","metadata":{"k/~":"12345"}}     | /metadata/k~1~0   | out_of_range
            {"title":"a","metadata":[]}                  | /metadata         | wrong_type
            {"title":"a","role":"admin"}                 | /role             | unknown_field
            {"title":"a","kindOfPaper":"glossy"}         | /kindOfPaper      | unknown_field
            {"title":"a","lines":[{"item_name":"x","count":1,"a/b":1}]} | /lines/0/a~1b | unknown_field
            {"title":"\\u0000"}                          | /title            | invalid_text
            {"title":"\\ud800"}                          | /title            | invalid_text
            {"title":"\\udc00\\ud800"}                   | /title            | invalid_text
            {"\\u0000":1,"title":"a"}                    |                   | invalid_text
            {}                                           | /title            | required
            {"title":null}                               | /title            | required
            {"title":"  "}                               | /title            | required
            {"title":"12345678901"}                      | /title            | out_of_range
            {"title":"a","copies":0}                     | /copies           | out_of_range
            {"title":"a","price":0.4}                    | /price            | out_of_range
            []                                           |                   | wrong_type
            "a"                                          |                   | wrong_type
            null                                         |                   | required
            """)
    void aFaultIsPointedAt(String json, @Nullable String pointer, String code) {
        FieldError fault =
                refused(json.getBytes(StandardCharsets.UTF_8)).errors().getFirst();

        assertThat(fault.pointer()).isEqualTo(pointer == null ? "" : pointer);
        assertThat(fault.code()).isEqualTo(code);
    }

    @Test
    void everyFaultIsNamedAtOnce() {
        Problem problem = refused("""
                {"title": "", "copies": 9, "x": 1, "y": {"z": [1, 2]}}""".getBytes(StandardCharsets.UTF_8));

        assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        assertThat(problem.errors().stream().map(error -> error.pointer() + " " + error.code()))
                .containsExactly("/x unknown_field", "/y unknown_field", "/copies out_of_range", "/title required");
    }

    @Test
    void aRefusalIsASentenceAboutWhatItPointsAt() {
        Problem stranger = refused("""
                {"title": "a", "role": 1}""".getBytes(StandardCharsets.UTF_8));

        assertThat(stranger.detail()).isEqualTo("/role is not a field of this request.");
        assertThat(refused("null".getBytes(StandardCharsets.UTF_8)).detail())
                .isEqualTo("The body must be a JSON object.");
    }

    @Test
    void noMessageRepeatsWhatWasSentOrComputesWithIt() {
        String hostile = "${7*7}#{8*8}${jndi:ldap://x}";

        Problem problem = refused(("{\"title\":\"" + hostile + "\",\"kind_of_paper\":\"" + hostile + "\"}")
                .getBytes(StandardCharsets.UTF_8));

        assertThat(problem.detail() + problem.errors()).doesNotContain("49", "64", "jndi", "7*7");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[][] malformed = {
            bytes(0x22, 0xff, 0x22),
            bytes(0x22, 0xc0, 0xaf, 0x22),
            bytes(0x22, 0xed, 0xa0, 0x80, 0x22),
            bytes(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22),
            bytes(0xef, 0xbb, 0xbf, 0x22, 0x22),
            "{\"title\":\"a\"}".getBytes(StandardCharsets.UTF_16BE),
            "{\"title\":\"a\"}".getBytes(StandardCharsets.UTF_16LE),
        };
        for (byte[] body : malformed) {
            assertThat(refused(body).errors().getFirst().code()).isEqualTo("invalid_text");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 100, 20_000})
    void deepNestingIsRefused(int depth) {
        Problem problem = refused(("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.UTF_8));

        assertThat(problem.errors().getFirst().code()).isIn("out_of_range", "invalid_text");
    }

    @Test
    void sixtyFourLevelsAreTaken() {
        assertThat(StrictJson.read(("[".repeat(64) + "]".repeat(64)).getBytes(StandardCharsets.UTF_8)))
                .isNotNull();
    }

    @Test
    void tenThousandKeysAreRefused() {
        String keys =
                IntStream.range(0, 10_000).mapToObj(i -> "\"k" + i + "\":1").collect(Collectors.joining(","));

        assertThat(refused(("{" + keys + "}").getBytes(StandardCharsets.UTF_8))
                        .errors()
                        .getFirst()
                        .code())
                .isEqualTo("out_of_range");
    }

    @Test
    void textBeyond64KiBIsRefusedWhereItStands() {
        FieldError fault = refused(("{\"title\":\"a\",\"metadata\":{\"k\":\"" + "x".repeat(65_537) + "\"}}")
                        .getBytes(StandardCharsets.UTF_8))
                .errors()
                .getFirst();

        assertThat(fault).isEqualTo(new FieldError("/metadata/k", "out_of_range", "longer than 65536 characters"));
    }

    @Test
    void aPointerMadeOfTheClientsTextIsCutAtALength() {
        FieldError fault = refused(
                        ("{\"title\":\"a\",\"" + "k".repeat(256) + "\":{\"" + "j".repeat(200) + "\":\"\\u0000\"}}")
                                .getBytes(StandardCharsets.UTF_8))
                .errors()
                .getFirst();

        assertThat(fault.pointer()).hasSize(256);
    }

    @Test
    void damagedJsonIsReadOrRefusedAndNeverADefect() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[] honest = """
                {"title": "\u00fcber", "copies": 2, "seed": 77, "price": 1.50, "urgent": true, "kind_of_paper": "glossy",
                 "due_at": "2026-01-02T03:04:05Z", "lines": [{"item_name": "ink", "count": 3}], "metadata": {"a": "b"}}""".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = honest.clone();
            for (int blows = 1 + random.nextInt(4); blows > 0; blows--) {
                int at = random.nextInt(body.length);
                body[at] = random.nextBoolean() ? (byte) random.nextInt(256) : body[random.nextInt(body.length)];
            }
            try {
                Bodies.parse(body, Order.class);
            } catch (Problem refusal) {
                assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_REQUEST);
                assertThat(refusal.errors()).isNotEmpty();
            } catch (RuntimeException defect) {
                throw new AssertionError("seed " + seed + ": " + new String(body, StandardCharsets.UTF_8), defect);
            }
        }
    }

    private static Order read(String json) {
        return Bodies.parse(json.getBytes(StandardCharsets.UTF_8), Order.class);
    }

    private static Problem refused(byte[] body) {
        Problem problem = catchThrowableOfType(Problem.class, () -> Bodies.parse(body, Order.class));
        assertThat(problem).isNotNull();
        assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        assertThat(problem.errors()).isNotEmpty();
        return problem;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
