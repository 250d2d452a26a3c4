package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.accounts.Sessions.End;
import dev.millrace.accounts.Sessions.Origin;
import dev.millrace.accounts.Sessions.Turned;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.TestServices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The exchange of refresh tokens, on two nodes over one database. */
class SessionsIT {
    private static final int TABS = 50;
    private static final int ROUNDS = 50;
    private static final Origin HERE = new Origin("Tests", "127.0.0.1");
    private static final Keys KEYS =
            new Keys("the secret of an installation that only tests".getBytes(StandardCharsets.UTF_8));

    private static final SqlConfig DATABASE = TestServices.freshDatabase();
    private static final Db ONE_DB = Db.open(DATABASE);
    private static final Db OTHER_DB = Db.open(DATABASE);
    private static final Queue<UUID> ENDED = new ConcurrentLinkedQueue<>();
    private static final Sessions ONE = new Sessions(ONE_DB, KEYS, ENDED::add);
    private static final Sessions OTHER = new Sessions(OTHER_DB, KEYS, ENDED::add);

    @AfterAll
    static void close() {
        ONE_DB.close();
        OTHER_DB.close();
    }

    @Test
    void eachUseGivesANewTokenOfTheSameSession() {
        var begun = begin();

        Turned first = turn(begun.refresh());
        Turned second = turn(first.refresh());

        assertThat(first.session()).isEqualTo(begun.session()).isEqualTo(second.session());
        assertThat(List.of(begun.refresh(), first.refresh(), second.refresh())).doesNotHaveDuplicates();
    }

    @Test
    void whoLostTheAnswerGetsTheSameChildAgain() {
        var begun = begin();

        Turned lost = turn(begun.refresh());
        Turned again = OTHER.turn(begun.refresh().text(), HERE);

        assertThat(again.refresh()).isEqualTo(lost.refresh());
        assertThat(tokensOf(begun.session())).isEqualTo(2);
    }

    @Test
    void fiftyTabsThatRaceOnTwoNodesGetOneChildAndNobodyIsSignedOut() throws Exception {
        var begun = begin();
        RefreshToken token = begun.refresh();
        for (int round = 0; round < ROUNDS; round++) {
            RefreshToken parent = token;
            var calls = new ArrayList<Callable<RefreshToken>>();
            for (int tab = 0; tab < TABS; tab++) {
                Sessions node = tab % 2 == 0 ? ONE : OTHER;
                calls.add(() -> patiently(node, parent).refresh());
            }
            List<RefreshToken> children = all(calls);
            assertThat(children).containsOnly(children.getFirst());
            token = children.getFirst();
        }
        assertThat(tokensOf(begun.session())).isEqualTo(ROUNDS + 1);
        assertThat(ONE_DB.load().busy()).isZero();
    }

    @Test
    void aParentWhoseChildWasUsedEndsTheFamily() {
        var begun = begin();
        Turned child = turn(begun.refresh());
        Turned grandchild = turn(child.refresh());

        assertThat(refusal(begun.refresh()).type()).isEqualTo(ProblemType.REFRESH_REUSED);

        assertThat(refusal(grandchild.refresh()).type().status()).isEqualTo(401);
        assertThat(refusal(child.refresh()).type().status()).isEqualTo(401);
        assertThat(ENDED).contains(begun.session());
        assertThat(why(begun.session())).isEqualTo("refresh_reused");
    }

    @Test
    void theEndOfAFamilyOutlivesTheProcessThatSawTheReuse() {
        var begun = begin();
        Turned child = turn(begun.refresh());
        Turned grandchild = turn(child.refresh());
        refusal(begun.refresh());

        try (Db later = Db.open(DATABASE)) {
            var restarted = new Sessions(later, KEYS, session -> {});
            Problem refused = catchThrowableOfType(
                    Problem.class, () -> restarted.turn(grandchild.refresh().text(), HERE));
            assertThat(refused.type()).isEqualTo(ProblemType.REFRESH_REUSED);
        }
    }

    @Test
    void aReuseIsAFact() {
        var begun = begin();
        turn(turn(begun.refresh()).refresh());
        refusal(begun.refresh());

        long facts = ONE_DB.read(
                tx -> tx.query("SELECT count(*) FROM fact WHERE kind = 'refresh_reused' AND subject = :session")
                        .bind("session", begun.session())
                        .mapTo(Long.class)
                        .one());

        assertThat(facts).isEqualTo(1);
    }

    @Test
    void aParentIsTakenAHundredTimesAndThenItsFamilyEnds() {
        var begun = begin();
        RefreshToken child = turn(begun.refresh()).refresh();
        for (int use = 2; use <= 100; use++) {
            assertThat(turn(begun.refresh()).refresh()).isEqualTo(child);
        }

        assertThat(refusal(begun.refresh()).type()).isEqualTo(ProblemType.REFRESH_REUSED);
        assertThat(refusal(child).type().status()).isEqualTo(401);
    }

    @Test
    void whatIsNoTokenOfOursIsRefusedWithoutALook() {
        for (String text : List.of(
                "", "x", "null", "a".repeat(43) + "=", RefreshToken.random().text())) {
            Problem refused = catchThrowableOfType(Problem.class, () -> ONE.turn(text, HERE));
            assertThat(refused.type()).isEqualTo(ProblemType.INVALID_TOKEN);
        }
    }

    @Test
    void aTokenThatLayIdleForAWeekIsWorthless() {
        var begun = begin();
        shift(begun.session(), "7 days");

        assertThat(refusal(begun.refresh()).type()).isEqualTo(ProblemType.TOKEN_EXPIRED);
    }

    @Test
    void noUseCarriesASessionPastThirtyDays() {
        var begun = begin();
        RefreshToken token = begun.refresh();
        for (int week = 0; week < 5; week++) {
            token = turn(token).refresh();
            shift(begun.session(), "6 days 3 hours");
        }

        assertThat(refusal(token).type()).isEqualTo(ProblemType.TOKEN_EXPIRED);
    }

    @Test
    void theChildOfALateUseDoesNotOutliveItsSession() {
        var begun = begin();
        RefreshToken token = begun.refresh();
        for (int week = 0; week < 4; week++) {
            token = turn(token).refresh();
            shift(begun.session(), "6 days 12 hours");
        }
        turn(token);

        boolean within = ONE_DB.read(tx -> tx.query("""
                        SELECT bool_and(t.expires_at <= s.expires_at)
                        FROM refresh_token t
                        JOIN session s ON s.id = t.session
                        WHERE s.id = :session""")
                .bind("session", begun.session())
                .mapTo(Boolean.class)
                .one());
        assertThat(within).isTrue();
    }

    @Test
    void anOldParentThatComesBackIsReuseHoweverOld() {
        var begun = begin();
        Turned child = turn(begun.refresh());
        shift(begun.session(), "5 days");
        RefreshToken live = turn(child.refresh()).refresh();
        shift(begun.session(), "5 days");

        assertThat(refusal(begun.refresh()).type()).isEqualTo(ProblemType.REFRESH_REUSED);
        assertThat(refusal(live).type().status()).isEqualTo(401);
    }

    @Test
    void noChildIsBornAfterTheEnd() throws Exception {
        for (int round = 0; round < 30; round++) {
            var begun = begin();
            UUID account = accountOf(begun.session());
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var racing = new ArrayList<Future<?>>();
                for (int tab = 0; tab < 6; tab++) {
                    racing.add(threads.submit(() -> catchThrowableOfType(
                            Problem.class, () -> OTHER.turn(begun.refresh().text(), HERE))));
                }
                ONE_DB.run(tx -> ONE.endAll(tx, account, End.SIGNED_OUT_EVERYWHERE));
                for (Future<?> call : racing) {
                    call.get();
                }
            }
            long late = ONE_DB.read(tx -> tx.query("""
                            SELECT count(*)
                            FROM refresh_token t
                            JOIN session s ON s.id = t.session
                            WHERE s.id = :session AND t.created_at > s.ended_at""")
                    .bind("session", begun.session())
                    .mapTo(Long.class)
                    .one());
            assertThat(late).isZero();
            assertThat(refusal(begun.refresh()).type().status()).isEqualTo(401);
        }
    }

    @Test
    void whateverIsDoneInWhateverOrderTheModelAgrees() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int game = 0; game < 25; game++) {
            var family = new ArrayList<RefreshToken>();
            var begun = begin();
            family.add(begun.refresh());
            boolean over = false;
            for (int move = 0; move < 12; move++) {
                int chosen = Math.max(0, family.size() - 1 - random.nextInt(4));
                RefreshToken token = family.get(chosen);
                boolean parentOfNewest = chosen >= family.size() - 2;
                Problem refused = null;
                try {
                    RefreshToken child = turn(token).refresh();
                    if (chosen == family.size() - 1) {
                        family.add(child);
                    }
                    assertThat(child).isEqualTo(family.get(chosen + 1));
                } catch (Problem refusal) {
                    refused = refusal;
                }
                assertThat(refused == null)
                        .as("seed %s, token %s of %s", seed, chosen, family.size())
                        .isEqualTo(!over && parentOfNewest);
                over = over || !parentOfNewest;
            }
        }
    }

    @Test
    void theRowsOfSessionsLongOverAreForgotten() {
        var begun = begin();
        shift(begun.session(), "32 days");

        ONE_DB.run(Sessions::forget);

        assertThat(tokensOf(begun.session())).isZero();
    }

    private static Sessions.Begun begin() {
        return ONE_DB.transact(tx -> {
            UUID account = Ids.next();
            tx.update("INSERT INTO account (id, email) VALUES (:id, :email)")
                    .bind("id", account)
                    .bind("email", account + "@example.com")
                    .execute();
            return ONE.begin(tx, account, HERE);
        });
    }

    private static Turned turn(RefreshToken token) {
        return patiently(ONE, token);
    }

    /** Comes again when too many stand in line, as a client would. */
    private static Turned patiently(Sessions node, RefreshToken token) {
        while (true) {
            try {
                return node.turn(token.text(), HERE);
            } catch (Problem busy) {
                if (busy.type() != ProblemType.UNAVAILABLE) {
                    throw busy;
                }
            }
        }
    }

    private static Problem refusal(RefreshToken token) {
        Problem refused = catchThrowableOfType(Problem.class, () -> ONE.turn(token.text(), HERE));
        assertThat(refused).isNotNull();
        return refused;
    }

    /** Lets time pass for a session, which the database's clock does not. */
    private static void shift(UUID session, String interval) {
        ONE_DB.run(tx -> {
            tx.execute(
                    "UPDATE session SET created_at = created_at - interval '%1$s', seen_at = seen_at - interval '%1$s', "
                                    .formatted(interval)
                            + "expires_at = expires_at - interval '%s' WHERE id = '%s'".formatted(interval, session));
            tx.execute("UPDATE refresh_token SET created_at = created_at - interval '%1$s', ".formatted(interval)
                    + "used_at = used_at - interval '%1$s', expires_at = expires_at - interval '%1$s' WHERE session = '%2$s'"
                            .formatted(interval, session));
        });
    }

    private static long tokensOf(UUID session) {
        return ONE_DB.read(tx -> tx.query("SELECT count(*) FROM refresh_token WHERE session = :session")
                .bind("session", session)
                .mapTo(Long.class)
                .one());
    }

    private static String why(UUID session) {
        return ONE_DB.read(tx -> tx.query("SELECT ended_because FROM session WHERE id = :session")
                .bind("session", session)
                .mapTo(String.class)
                .one());
    }

    private static UUID accountOf(UUID session) {
        return ONE_DB.read(tx -> tx.query("SELECT account FROM session WHERE id = :session")
                .bind("session", session)
                .mapTo(UUID.class)
                .one());
    }

    private static <T> List<T> all(List<Callable<T>> calls) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<T>();
            for (Future<T> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        }
    }
}
