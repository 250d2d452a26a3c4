package dev.millrace.generation.provider.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelTest {
    private static final Model MODEL = new Model(
            "studio/video",
            GenerationKind.VIDEO,
            "studio",
            Map.of(
                    "width",
                            range(
                                    "{\"type\":\"integer\",\"minimum\":128,\"maximum\":1920,\"multiple_of\":2,\"default\":1280}"),
                    "speed", range("{\"type\":\"number\",\"minimum\":0.5,\"maximum\":200}"),
                    "stop", range("{\"type\":\"strings\",\"maximum\":2}"),
                    "empty", range("{\"type\":\"boolean\"}"),
                    "seconds", range("{\"type\":\"integer\",\"enum\":[4,8]}")),
            new Price(List.of()),
            new Model.Conduct(CancelPolicy.STOP, List.of(), false, 8, 900));

    @Test
    void whatIsNotSentTakesItsDefault() {
        GenerationOptions options = MODEL.judge(null);

        assertThat(options.whole("width", 0)).isEqualTo(1280);
        assertThat(options.has("speed")).isFalse();
    }

    @Test
    void whatIsSentIsTaken() {
        GenerationOptions options = MODEL.judge(
                Map.of("width", 640, "speed", new BigDecimal("2.5"), "stop", "END", "empty", true, "seconds", 8));

        assertThat(options.whole("width", 0)).isEqualTo(640);
        assertThat(options.decimal("speed", 0)).isEqualTo(2.5);
        assertThat(options.texts("stop")).containsExactly("END");
        assertThat(options.flag("empty")).isTrue();
    }

    @Test
    void anotherModelAdoptsWhatWasWishedAndLeavesDefaultsToItself() {
        var other = new Model(
                "other/video",
                GenerationKind.VIDEO,
                "other",
                Map.of("seconds", range("{\"type\":\"integer\",\"minimum\":1,\"maximum\":8,\"default\":5}")),
                new Price(List.of()),
                new Model.Conduct(CancelPolicy.STOP, List.of(), false, 8, 900));

        GenerationOptions wished = other.adopt(MODEL, MODEL.judge(Map.of("seconds", 8)));
        GenerationOptions plain = other.adopt(MODEL, MODEL.judge(null));
        Problem tooMuch = catchThrowableOfType(
                Problem.class, () -> other.adopt(MODEL, MODEL.judge(Map.of("seconds", 8, "width", 640))));

        assertThat(wished).isEqualTo(new GenerationOptions(Map.of("seconds", 8)));
        assertThat(plain).isEqualTo(new GenerationOptions(Map.of("seconds", 5)));
        assertThat(tooMuch.errors()).extracting(Problem.FieldError::pointer).containsExactly("/options/width");
    }

    @Test
    void everyFaultIsPointedAt() {
        var sent = new HashMap<String, Object>(Map.of(
                "width", 641,
                "speed", "fast",
                "stop", List.of("a", "b", "c"),
                "empty", 1,
                "seconds", 5,
                "a/b~c", 1));
        sent.put("height", null);

        Problem problem = catchThrowableOfType(Problem.class, () -> MODEL.judge(sent));

        assertThat(problem.errors())
                .extracting(Problem.FieldError::pointer, Problem.FieldError::code)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("/options/a~1b~0c", "unknown_field"),
                        org.assertj.core.groups.Tuple.tuple("/options/empty", "wrong_type"),
                        org.assertj.core.groups.Tuple.tuple("/options/height", "unknown_field"),
                        org.assertj.core.groups.Tuple.tuple("/options/seconds", "out_of_range"),
                        org.assertj.core.groups.Tuple.tuple("/options/speed", "wrong_type"),
                        org.assertj.core.groups.Tuple.tuple("/options/stop", "out_of_range"),
                        org.assertj.core.groups.Tuple.tuple("/options/width", "out_of_range"));
    }

    @Test
    void aFractionIsNotAWholeNumberAndAHugeOneIsOutOfRange() {
        Problem fraction =
                catchThrowableOfType(Problem.class, () -> MODEL.judge(Map.of("width", new BigDecimal("640.0"))));
        Problem huge = catchThrowableOfType(
                Problem.class, () -> MODEL.judge(Map.of("width", new java.math.BigInteger("9".repeat(40)))));

        assertThat(fraction.errors().getFirst().code()).isEqualTo("wrong_type");
        assertThat(huge.errors().getFirst().code()).isEqualTo("out_of_range");
    }

    @Test
    void optionsAreTheSameHoweverTheirNumbersWereWritten() {
        GenerationOptions one = MODEL.judge(Map.of("width", 640, "speed", 2));
        GenerationOptions other = Json.read(Json.write(one), GenerationOptions.class);

        assertThat(other).isEqualTo(one);
        assertThat(MODEL.judge(Map.of("width", 640L, "speed", new BigDecimal("2.00"))))
                .isEqualTo(one);
    }

    private static OptionRange range(String json) {
        return Json.read(json, OptionRange.class);
    }
}
