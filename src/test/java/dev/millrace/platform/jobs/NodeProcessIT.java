package dev.millrace.platform.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.jobs.Crew.Hand;
import dev.millrace.platform.jobs.Crew.Note;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that are real processes, killed and frozen. */
class NodeProcessIT {
    private SqlConfig config;
    private Crew crew;
    private UUID job;
    private final Hand heir = new Hand((note, attempt) -> Outcome.DONE);

    @BeforeEach
    void open() {
        config = TestServices.freshDatabase();
        crew = new Crew(config, Crew.LEASE);
        crew.db.run(tx -> tx.execute("CREATE TABLE run (job uuid NOT NULL, claim bigint NOT NULL)"));
        crew.db.run(tx -> tx.execute(
                "CREATE TABLE zombie (job uuid NOT NULL, lost boolean NOT NULL, completed boolean NOT NULL)"));
        job = crew.enqueue(Crew.idle(heir), new Note("x"));
    }

    @AfterEach
    void close() {
        crew.close();
    }

    @Test
    void theJobOfAKilledProcessIsDoneByAnother() throws Exception {
        try (var process = NodeProcess.start(config, "-ea")) {
            awaitRun();
            process.signal("KILL");

            crew.node(new Jobs(), heir);

            crew.awaitState(job, "gone");
            assertThat(crew.history(job)).containsExactly("done");
            assertThat(crew.count("SELECT attempt FROM job_done")).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void aFrozenProcessThatWakesUpKnowsItLostItsJobAndCannotCompleteIt() throws Exception {
        try (var process = NodeProcess.start(config, "-ea")) {
            awaitRun();
            process.signal("STOP");
            crew.node(new Jobs(), heir);
            crew.awaitState(job, "gone");

            process.signal("CONT");

            Waiting.until("the zombie tried", Crew.SOON, () -> crew.count("SELECT count(*) FROM zombie") == 1);
            assertThat(crew.count("SELECT count(*) FROM zombie WHERE lost AND NOT completed"))
                    .isEqualTo(1);
            assertThat(crew.history(job)).containsExactly("done");
            Waiting.until(
                    "it is a node again, under a new name",
                    Crew.SOON,
                    () -> crew.count("SELECT count(*) FROM node WHERE lease_until > now()") == 2);
        }
    }

    private void awaitRun() {
        Waiting.until("the process runs it", Duration.ofSeconds(60), () -> crew.count("SELECT count(*) FROM run") == 1);
    }
}
