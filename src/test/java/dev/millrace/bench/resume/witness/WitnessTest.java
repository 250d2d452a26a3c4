package dev.millrace.bench.resume.witness;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker is only worth what it finds: good readings pass, each planted fault is named. */
class WitnessTest {
    private static final String END = "{\"status\":\"completed\",\"text\":\"onü three\",\"receipt\":{\"charged\":0.5}}";
    private static final List<Told> GOOD = List.of(
            told("0.1.0", "queued", "{\"position\":0}"),
            told("1.1.0", "started", "{}"),
            told("1.2.4", "delta", "{\"text\":\"onü\"}"),
            told("1.3.4", "progress", "{\"percent\":40}"),
            told("1.4.8", "delta", "{\"text\":\" two\"}"),
            told("2.1.8", "started", "{}"),
            told("2.2.4", "reset", "{\"text\":\"onü\"}"),
            told("2.3.10", "delta", "{\"text\":\" three\"}"),
            told("2.4.10", "completed", END));

    @Test
    void itKnowsNoClassOfTheProductNorOfItsKit() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "com.fasterxml.jackson..", "org.jspecify..", Witness.class.getPackageName())
                .check(new ClassFileImporter()
                        .withImportOption(location -> !location.contains("WitnessTest"))
                        .importPackages(Witness.class.getPackageName()));
    }

    @Test
    void aGoodReadingPasses() {
        assertThat(judge(GOOD)).isEmpty();
    }

    @Test
    void aRepeatedDeltaIsFoundUnderItsOwnIdAndUnderAnother() {
        assertThat(judge(with(5, GOOD.get(4)))).anyMatch(fault -> fault.contains("came after"));
        assertThat(judge(with(8, told("2.3.16", "delta", "{\"text\":\" three\"}"))))
                .anyMatch(fault -> fault.contains("text differs"));
    }

    @Test
    void aLostDeltaIsFoundAtTheNextEventAlready() {
        assertThat(judge(without(2))).anyMatch(fault -> fault.contains("came at byte"));
        assertThat(judge(without(7))).anyMatch(fault -> fault.contains("text differs"));
    }

    @Test
    void deltasBeforeTheLastResetMayBeGoneAllTogetherButNotOneOfThem() {
        var afterTheEnd = new ArrayList<>(GOOD);
        afterTheEnd.removeIf(
                event -> event.event().equals("delta") && !event.data().contains("three"));
        assertThat(judge(afterTheEnd)).isEmpty();

        assertThat(judge(without(4))).contains("started 2.1.8 came at byte 4 of the text, behind 1.3.4: {}");
    }

    @Test
    void twoEndsAndNoneAreFound() {
        assertThat(judge(with(9, GOOD.get(8)))).anyMatch(fault -> fault.contains("after the terminal event"));
        assertThat(judge(without(8))).containsExactly("no terminal event; the row is completed");
    }

    @Test
    void aLostStartAndOneThatIsNotInTheLogAreFound() {
        assertThat(judge(without(5))).containsExactly("in the log and not told: 2.1.8 started");
        assertThat(judge(with(5, told("1.9.8", "started", "{}"))))
                .containsExactly("told and not in the log: 1.9.8 started");
    }

    @Test
    void whoComesBackWithAnOldEpochMayBeGivenTheResetAtOnceButNobodyElse() {
        var late = new Witness();
        late.resume(0);
        GOOD.subList(0, 3).forEach(late::hear);
        assertThat(late.resume(3)).isEqualTo("1.2.4");
        GOOD.subList(6, 9).forEach(late::hear);
        assertThat(late.verdict(story())).isEmpty();

        var there = new Witness();
        there.resume(0);
        GOOD.subList(0, 3).forEach(there::hear);
        GOOD.subList(6, 9).forEach(there::hear);
        assertThat(there.verdict(story())).containsExactly("in the log and not told: 2.1.8 started");
    }

    @Test
    void whoGoesBackToAnOlderIdStandsWhereHeStoodThen() {
        var witness = new Witness();
        witness.resume(0);
        GOOD.forEach(witness::hear);
        assertThat(witness.resume(4)).isEqualTo("1.3.4");
        assertThat(witness.ended()).isFalse();
        GOOD.subList(4, 9).forEach(witness::hear);
        assertThat(witness.verdict(story())).isEmpty();
    }

    @Test
    void fallingPercentAndAReceiptThatIsNotTheRowsAreFound() {
        assertThat(judge(with(4, told("1.3.5", "progress", "{\"percent\":12}"))))
                .anyMatch(fault -> fault.contains("percent fell"));
        assertThat(hear(GOOD).verdict(new Truth.Story("completed", "onü three", BigDecimal.ONE, log())))
                .containsExactly("the receipt says 0.5, the row 1");
    }

    private static List<String> judge(List<Told> events) {
        return hear(events).verdict(story());
    }

    private static Witness hear(List<Told> events) {
        var witness = new Witness();
        witness.resume(0);
        events.forEach(witness::hear);
        return witness;
    }

    private static Truth.Story story() {
        return new Truth.Story("completed", "onü three", new BigDecimal("0.5"), log());
    }

    private static List<Truth.Row> log() {
        var log = new ArrayList<Truth.Row>();
        for (Told event : GOOD) {
            Place place = Place.parse(event.id());
            if (place != null) {
                log.add(new Truth.Row(place, event.event(), event.data()));
            }
        }
        return log;
    }

    private static List<Told> with(int at, Told extra) {
        var events = new ArrayList<>(GOOD);
        events.add(at, extra);
        return events;
    }

    private static List<Told> without(int at) {
        var events = new ArrayList<>(GOOD);
        events.remove(at);
        return events;
    }

    private static Told told(String id, String event, String data) {
        return new Told(id, event, data);
    }
}
