package dev.millrace.generation.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.events.EventLog;
import dev.millrace.platform.Ids;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Readings with a long time between them, in which the table was away from this node only. */
class OverviewReadingIT {
    private static final Duration OUTAGE = Duration.ofMinutes(10);

    private static Db db;

    private final Overview overview = new Overview(Ids.next());
    private final Onlooker onlooker = new Onlooker(() -> true);

    @BeforeAll
    static void open() {
        db = Db.open(TestServices.freshDatabase());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void whatBeganRightBeforeALongOutageIsToldAfterItAndOnce() throws InterruptedException {
        Instant last = db.read(OverviewRows::now);
        overview.join(onlooker);
        read(last);
        UUID missed = begin();
        UUID alsoMissed = begin();
        overview.away();

        read(last.plus(OUTAGE));

        assertThat(told()).containsExactlyInAnyOrder(queued(missed), queued(alsoMissed));
        read(last.plus(OUTAGE).plusSeconds(1));
        assertThat(told()).isEmpty();
        assertThat(overview.places()).containsOnlyKeys(missed, alsoMissed);
    }

    @Test
    void whatIsOverIsNotToldAgainHoweverFarBackAnotherAccountIsRead() throws InterruptedException {
        Instant last = db.read(OverviewRows::now);
        overview.join(onlooker);
        var other = new Overview(Ids.next());
        read(last, overview, other);
        UUID quick = begin();
        end(quick);
        read(last.plus(OUTAGE));
        assertThat(told()).hasSize(2);
        assertThat(overview.places()).isEmpty();

        read(last.plus(OUTAGE), overview, other);
        assertThat(told()).isEmpty();
    }

    private void read(Instant now) {
        read(now, overview);
    }

    private static void read(Instant now, Overview... overviews) {
        UUID next = db.read(tx -> new OverviewReading(tx, List.of(overviews), (in, id, event, kept) -> kept).read(now));
        List.of(overviews).forEach(overview -> overview.settle(next));
    }

    private UUID begin() {
        UUID id = Ids.next();
        db.run(tx -> {
            tx.update("""
                            INSERT INTO generation (id, account, kind, model, provider, prompt, options, sanitized, price,
                                                    expected_micros, maximum_micros, size)
                            VALUES (:id, :account, 'text', 'here/model', 'here', 'x', '{}', '{}', '[]', 1, 1, 'small')""").bind("id", id).bind("account", overview.account()).execute();
            EventLog.begin(tx, List.of(new EventLog.Begun(id, 0)));
        });
        return id;
    }

    private static void end(UUID id) {
        db.run(tx -> {
            tx.update("""
                            UPDATE generation
                            SET status = 'canceled', finished_at = now(), receipt = '{}', charged_micros = 0
                            WHERE id = :id""").bind("id", id).execute();
            tx.update("""
                            INSERT INTO generation_event (generation, epoch, seq, position, event, data)
                            VALUES (:id, 1, 1, 0, 'canceled', '{}')""").bind("id", id).execute();
        });
    }

    private List<String> told() throws InterruptedException {
        var notices = new ArrayList<Notice>();
        onlooker.take(notices, 0);
        return notices.stream().map(Notice::json).toList();
    }

    private static String queued(UUID id) {
        return "{\"id\":\"" + id + "\",\"status\":\"queued\",\"stage\":\"queued\",\"percent\":0}";
    }
}
