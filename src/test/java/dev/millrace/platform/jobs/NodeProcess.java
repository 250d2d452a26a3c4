package dev.millrace.platform.jobs;

import dev.millrace.platform.Secret;
import dev.millrace.platform.jobs.Crew.Hand;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A node in a process of its own, which a test can kill and freeze. Each run writes a line into the table {@code run}, then waits
 * until it is lost, tries to complete all the same, and writes down what came of it.
 */
final class NodeProcess implements AutoCloseable {
    private final Process process;

    private NodeProcess(Process process) {
        this.process = process;
    }

    static NodeProcess start(SqlConfig config, String javaOptions) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ProcessBuilder(java, "-XX:+UseSerialGC", "-Xmx256m", javaOptions);
        command.command().addAll(List.of("-cp", System.getProperty("java.class.path"), NodeProcess.class.getName()));
        command.environment().put("NODE_URL", config.url());
        command.environment().put("NODE_USER", config.user());
        command.environment().put("NODE_PASSWORD", config.password().reveal());
        return new NodeProcess(command.inheritIO().start());
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws InterruptedException {
        var config = SqlConfig.of(
                System.getenv("NODE_URL"), System.getenv("NODE_USER"), new Secret(System.getenv("NODE_PASSWORD")), 4);
        var db = Db.open(config);
        Workers.start(db, new Jobs(), Crew.config(10, Crew.SHORT_LEASE), List.of(new Hand((note, attempt) -> {
            db.run(tx -> tx.update("INSERT INTO run (job, claim) VALUES (:job, :claim)")
                    .bind("job", attempt.job())
                    .bind("claim", attempt.claim())
                    .execute());
            var lost = new CountDownLatch(1);
            attempt.onLost(lost::countDown);
            lost.await();
            boolean completed = db.transact(tx -> Rows.complete(tx, attempt.fenced()));
            db.run(tx -> tx.update("INSERT INTO zombie (job, lost, completed) VALUES (:job, :lost, :completed)")
                    .bind("job", attempt.job())
                    .bind("lost", attempt.lost())
                    .bind("completed", completed)
                    .execute());
            return Outcome.DONE;
        })));
        new CountDownLatch(1).await();
    }
}
