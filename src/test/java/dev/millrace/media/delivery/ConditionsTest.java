package dev.millrace.media.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.delivery.Conditions.Asked;
import dev.millrace.media.delivery.Conditions.Verdict;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private static final String TAG = "\"abc\"";
    private static final String DATE = "Sun, 1 Mar 2026 10:00:00 GMT";
    private static final Conditions FILE = new Conditions(1000, TAG, Instant.parse("2026-03-01T10:00:00.789Z"));
    private static final Verdict WHOLE = new Verdict.Whole();
    private static final Verdict BEYOND = new Verdict.Unsatisfiable();

    @Test
    void oneRangeIsServedAsFarAsTheFileGoes() {
        gives("bytes=0-0", part(0, 0));
        gives("bytes=0-999", part(0, 999));
        gives("bytes=10-19", part(10, 19));
        gives("bytes=990-5000", part(990, 999));
        gives("bytes=999-", part(999, 999));
        gives("bytes=0-", part(0, 999));
        gives("bytes=-1", part(999, 999));
        gives("bytes=-1000", part(0, 999));
        gives("bytes=-5000", part(0, 999));
        gives("bytes=0-99999999999999999999999999", part(0, 999));
        gives("bytes=000000000000000000000000000005-6", part(5, 6));
        gives("BYTES=5-6", part(5, 6));
    }

    @Test
    void whatBeginsBehindTheEndIsRefused() {
        gives("bytes=1000-", BEYOND);
        gives("bytes=1000-2000", BEYOND);
        gives("bytes=99999999999999999999999999-", BEYOND);
        gives("bytes=-0", BEYOND);
        assertThat(empty().judge(range("bytes=0-"))).isEqualTo(BEYOND);
        assertThat(empty().judge(range("bytes=-5"))).isEqualTo(BEYOND);
        assertThat(empty().judge(nothing())).isEqualTo(WHOLE);
    }

    @Test
    void whatIsNoSingleRangeOfBytesIsAnsweredWithTheWholeFile() {
        for (String odd : List.of(
                "bytes=5-2",
                "bytes=-",
                "bytes=",
                "bytes=a-b",
                "bytes=1-2x",
                "bytes=+1-2",
                "bytes = 1-2",
                "items=1-2",
                "1-2",
                "",
                "bytes=0-0,5-9",
                "bytes=0-0, 5-9",
                "bytes=" + String.join(",", Collections.nCopies(1000, "0-0")))) {
            gives(odd, WHOLE);
        }
        assertThat(FILE.judge(new Asked(List.of("bytes=0-0", "bytes=1-1"), null, null, null, null, null)))
                .isEqualTo(WHOLE);
    }

    @Test
    void aRangeIsOnlyServedOfTheFileTheClientHas() {
        assertThat(ifRange(TAG)).isEqualTo(part(0, 9));
        assertThat(ifRange("\"other\"")).isEqualTo(WHOLE);
        assertThat(ifRange("W/" + TAG)).isEqualTo(WHOLE);
        assertThat(ifRange(DATE)).isEqualTo(part(0, 9));
        assertThat(ifRange("Sun, 1 Mar 2026 10:00:01 GMT")).isEqualTo(WHOLE);
        assertThat(ifRange("Sun, 1 Mar 2026 09:59:59 GMT")).isEqualTo(WHOLE);
        assertThat(ifRange("nonsense")).isEqualTo(WHOLE);
    }

    @Test
    void whoHasTheFileIsNotSentItAgain() {
        Verdict same = new Verdict.NotModified();
        assertThat(ifNoneMatch(TAG)).isEqualTo(same);
        assertThat(ifNoneMatch("W/" + TAG)).isEqualTo(same);
        assertThat(ifNoneMatch("\"x\", \"y,z\", " + TAG)).isEqualTo(same);
        assertThat(ifNoneMatch("*")).isEqualTo(same);
        assertThat(ifNoneMatch("\"x\"")).isEqualTo(WHOLE);
        assertThat(ifNoneMatch("abc")).isEqualTo(WHOLE);
        assertThat(FILE.judge(new Asked(List.of(), null, null, null, DATE, null)))
                .isEqualTo(same);
        assertThat(FILE.judge(new Asked(List.of(), null, null, null, "Sun, 1 Mar 2026 09:00:00 GMT", null)))
                .isEqualTo(WHOLE);
        assertThat(FILE.judge(new Asked(List.of(), null, null, null, "nonsense", null)))
                .as("a date that is none")
                .isEqualTo(same);
        assertThat(FILE.judge(new Asked(List.of(), null, null, "\"x\"", DATE, null)))
                .as("the tag decides, not the date")
                .isEqualTo(WHOLE);
    }

    @Test
    void whoInsistsOnAnotherFileIsRefused() {
        Verdict failed = new Verdict.Failed();
        assertThat(ifMatch(TAG)).isEqualTo(WHOLE);
        assertThat(ifMatch("*")).isEqualTo(WHOLE);
        assertThat(ifMatch("\"x\"")).isEqualTo(failed);
        assertThat(ifMatch("W/" + TAG)).isEqualTo(failed);
        assertThat(FILE.judge(new Asked(List.of(), null, null, null, null, DATE)))
                .isEqualTo(WHOLE);
        assertThat(FILE.judge(new Asked(List.of(), null, null, null, null, "Sun, 1 Mar 2026 09:00:00 GMT")))
                .isEqualTo(failed);
        assertThat(FILE.judge(new Asked(List.of(), null, TAG, null, null, "Sun, 1 Mar 2026 09:00:00 GMT")))
                .as("the tag decides, not the date")
                .isEqualTo(WHOLE);
    }

    private static void gives(String range, Verdict verdict) {
        assertThat(FILE.judge(range(range))).as(range).isEqualTo(verdict);
    }

    private static Conditions empty() {
        return new Conditions(0, TAG, Instant.EPOCH);
    }

    private static Verdict part(long first, long last) {
        return new Verdict.Part(first, last);
    }

    private static Asked range(String range) {
        return new Asked(List.of(range), null, null, null, null, null);
    }

    private static Asked nothing() {
        return new Asked(List.of(), null, null, null, null, null);
    }

    private static Verdict ifRange(@Nullable String value) {
        return FILE.judge(new Asked(List.of("bytes=0-9"), value, null, null, null, null));
    }

    private static Verdict ifMatch(String value) {
        return FILE.judge(new Asked(List.of(), null, value, null, null, null));
    }

    private static Verdict ifNoneMatch(String value) {
        return FILE.judge(new Asked(List.of(), null, null, value, null, null));
    }
}
