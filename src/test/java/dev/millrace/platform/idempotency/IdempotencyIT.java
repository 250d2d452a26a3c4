package dev.millrace.platform.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.Ids;
import dev.millrace.platform.idempotency.Idempotency.Answer;
import dev.millrace.platform.idempotency.Idempotency.Kept;
import dev.millrace.platform.idempotency.Idempotency.Said;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Told;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers that are kept, on the real database. */
class IdempotencyIT {
    private static final Answer MADE = new Answer(202, "/v1/generations/1", "{\"id\":1}");
    private static final Answer OTHER = new Answer(201, "/v1/other/2", "{\"id\":2}");

    private static Db db;

    private final UUID account = Ids.next();

    @BeforeAll
    static void open() {
        db = Db.open(TestServices.freshDatabase());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void theAnswerIsGivenAgainToTheSameCallOfTheSameAccountAlone() {
        assertThat(begin(account, key("a", "body"))).isNull();
        keep(account, key("a", "body"), MADE);

        assertThat(begin(account, key("a", "body"))).isEqualTo(MADE);
        assertThat(begin(account, key("\"a\"", "body"))).isEqualTo(MADE);
        assertThat(begin(account, key("b", "body"))).isNull();
        assertThat(begin(Ids.next(), key("a", "body"))).isNull();
        Problem mismatch = catchThrowableOfType(Problem.class, () -> begin(account, key("a", "another body")));
        assertThat(mismatch.type()).isEqualTo(ProblemType.IDEMPOTENCY_MISMATCH);
    }

    @Test
    void ofManyWithOneKeyOneGoesOnUntilItsTransactionEnds() throws Exception {
        var tried = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = threads.submit(() -> db.run(tx -> {
                assertThat(Idempotency.begin(tx, account, key("a", "body"))).isNull();
                begun.countDown();
                Waiting.at(tried);
                Idempotency.keep(tx, account, key("a", "body"), MADE);
            }));
            Waiting.at(begun);

            var others = new ArrayList<Future<Problem>>();
            for (int i = 0; i < 5; i++) {
                others.add(threads.submit(() ->
                        catchThrowableOfType(Problem.class, () -> begin(account, key("a", "body")))));
            }
            for (Future<Problem> other : others) {
                assertThat(other.get().type()).isEqualTo(ProblemType.CONFLICT);
                assertThat(other.get().retryAfter()).isEqualTo(Duration.ofSeconds(1));
            }
            assertThat(begin(Ids.next(), key("a", "body"))).isNull();
            tried.countDown();
            first.get();
        }

        assertThat(begin(account, key("a", "body"))).isEqualTo(MADE);
    }

    @Test
    void whatFailedLeavesItsKeyFree() {
        assertThatThrownBy(() -> db.run(tx -> {
                    Idempotency.begin(tx, account, key("a", "body"));
                    Idempotency.keep(tx, account, key("a", "body"), MADE);
                    throw new IllegalStateException("the effect failed");
                }))
                .hasMessage("the effect failed");

        assertThat(begin(account, key("a", "another body"))).isNull();
    }

    @Test
    void manyAreToldEachForItself() {
        keep(account, key("kept", "body"), MADE);
        keep(account, key("taken", "body"), MADE);
        UUID stranger = Ids.next();

        List<Told<Optional<Answer>>> told = db.transact(tx -> Idempotency.begin(
                tx,
                List.of(
                        new Said(account, key("new", "body")),
                        new Said(account, key("kept", "body")),
                        new Said(account, key("new", "body")),
                        new Said(account, key("taken", "other")),
                        new Said(stranger, key("new", "body")),
                        new Said(account, key("kept", "body")))));

        assertThat(told.stream().map(IdempotencyIT::words))
                .containsExactly("new", "202", "conflict", "idempotency_mismatch", "new", "202");
    }

    @Test
    void manyAreKeptOrNoneIs() {
        db.run(tx -> Idempotency.keep(
                tx,
                List.of(
                        new Kept(new Said(account, key("a", "body")), MADE),
                        new Kept(new Said(account, key("b", "body")), OTHER))));
        assertThat(begin(account, key("a", "body"))).isEqualTo(MADE);
        assertThat(begin(account, key("b", "body"))).isEqualTo(OTHER);

        Problem twice = catchThrowableOfType(
                Problem.class,
                () -> db.run(tx -> Idempotency.keep(
                        tx,
                        List.of(
                                new Kept(new Said(account, key("c", "body")), MADE),
                                new Kept(new Said(account, key("b", "body")), MADE)))));

        assertThat(twice.type()).isEqualTo(ProblemType.CONFLICT);
        assertThat(begin(account, key("b", "body"))).isEqualTo(OTHER);
        assertThat(begin(account, key("c", "body"))).isNull();
    }

    @Test
    void afterADayAKeyIsNewAndItsAnswerForgotten() {
        keep(account, key("old", "body"), MADE);
        keep(account, key("older", "body"), MADE);
        keep(account, key("young", "body"), MADE);
        age("24 hours", "old", "older");
        age("23 hours", "young");

        assertThat(begin(account, key("old", "another body"))).isNull();
        assertThat(begin(account, key("young", "body"))).isEqualTo(MADE);
        keep(account, key("old", "another body"), OTHER);
        assertThat(begin(account, key("old", "another body"))).isEqualTo(OTHER);

        int forgotten = db.transact(Idempotency::sweep);
        assertThat(forgotten).isEqualTo(1);
        assertThat(begin(account, key("young", "body"))).isEqualTo(MADE);
        assertThat(begin(account, key("old", "another body"))).isEqualTo(OTHER);
    }

    private static String words(Told<Optional<Answer>> told) {
        return switch (told) {
            case Told.Answer<Optional<Answer>>(Optional<Answer> answer) ->
                answer.map(before -> String.valueOf(before.status())).orElse("new");
            case Told.Refusal<Optional<Answer>>(RuntimeException why) ->
                ((Problem) why).type().code();
        };
    }

    private static @Nullable Answer begin(UUID account, IdempotencyKey key) {
        return db.transact(tx -> Optional.ofNullable(Idempotency.begin(tx, account, key)))
                .orElse(null);
    }

    private static void keep(UUID account, IdempotencyKey key, Answer answer) {
        db.run(tx -> Idempotency.keep(tx, account, key, answer));
    }

    private void age(String by, String... keys) {
        db.run(tx -> tx.update(
                        "UPDATE idempotency SET created_at = created_at - CAST(:by AS interval) WHERE account = :account AND key = ANY(:keys)")
                .bind("by", by)
                .bind("account", account)
                .bindArray("keys", String.class, List.of(keys))
                .execute());
    }

    private static IdempotencyKey key(String text, String body) {
        return Objects.requireNonNull(
                IdempotencyKey.of(text, "POST /v1/generations", body.getBytes(StandardCharsets.UTF_8)));
    }
}
