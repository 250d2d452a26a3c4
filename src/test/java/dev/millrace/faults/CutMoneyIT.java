package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.credits.Balance;
import dev.millrace.credits.Credits;
import dev.millrace.credits.Grant;
import dev.millrace.credits.Purse;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Duplicate;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.platform.sql.Tx;
import dev.millrace.testing.MessageProxy;
import dev.millrace.testing.TestServices;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The connection to Postgres breaks at every single message of a transaction that moves money, on the way there and on the way back. Who
 * made it says it again, as a job or a client would, and it has happened once.
 */
class CutMoneyIT {
    private static final int MOST_MESSAGES = 200;
    private static final List<ReceiptLine> BILL =
            List.of(new ReceiptLine("seconds", BigDecimal.valueOf(3), BigDecimal.ONE, 3 * Micros.CREDIT));

    /** What is done to an account, what it comes to, and what had to be done before. Each carries a name of its own. */
    private record Move(String name, long balance, long held, Act before, Act act) {}

    private interface Act {
        void on(Credits credits, Tx tx, UUID account, UUID id);
    }

    private static final Act NOTHING = (credits, tx, account, id) -> {};
    private static final Act HOLD =
            (credits, tx, account, id) -> credits.hold(tx, id, account, 5 * Micros.CREDIT, "a film");
    private static final Act GRANT = (credits, tx, account, id) ->
            credits.grant(tx, account, new Grant(Purse.PURCHASED, 10 * Micros.CREDIT, null, "bought:" + id, "bought"));
    private static final Act TAKE_BACK = (credits, tx, account, id) ->
            credits.takeBack(tx, "bought:" + id, 10 * Micros.CREDIT, "taken:" + id, "refunded");

    @Test
    void aConnectionCutAtAnyMessageLeavesOneEffectAndCleanBooks() {
        SqlConfig config = TestServices.freshDatabase();
        var address = URI.create(config.url().substring("jdbc:".length()));
        try (var db = Db.open(config);
                var wire = MessageProxy.to(address.getHost(), address.getPort());
                var far = Db.open(SqlConfig.of(
                        config.url().replace(":" + address.getPort() + "/", ":" + wire.port() + "/"),
                        config.user(),
                        config.password(),
                        2))) {
            var credits = new Credits(db);
            int cuts = 0;
            for (boolean together : new boolean[] {false, true}) {
                for (Move move : moves()) {
                    for (MessageProxy.Way way : MessageProxy.Way.values()) {
                        cuts += cutEverywhere(db, far, credits, wire, move, way, together);
                    }
                }
            }
            System.out.println("cuts at messages of money: " + cuts);
            assertThat(cuts).isGreaterThan(100);
        }
    }

    private static List<Move> moves() {
        return List.of(
                new Move("hold", 20, 5, NOTHING, HOLD),
                new Move("settle", 17, 0, HOLD, (credits, tx, account, id) -> credits.settle(tx, id, BILL)),
                new Move("release", 20, 0, HOLD, (credits, tx, account, id) -> credits.release(tx, id)),
                new Move("grant", 30, 0, NOTHING, GRANT),
                new Move("refund", 20, 0, GRANT, TAKE_BACK),
                new Move(
                        "dispute",
                        30,
                        10,
                        GRANT,
                        (credits, tx, account, id) ->
                                credits.freeze(tx, "bought:" + id, 10 * Micros.CREDIT, id, "disputed")));
    }

    /** Answers how many messages there were to cut at. */
    private static int cutEverywhere(
            Db db, Db far, Credits credits, MessageProxy wire, Move move, MessageProxy.Way way, boolean together) {
        for (int message = 1; message <= MOST_MESSAGES; message++) {
            UUID account = newcomer(db);
            UUID id = Ids.next();
            db.run(tx -> credits.grant(
                    tx,
                    account,
                    new Grant(Purse.PROMO, 20 * Micros.CREDIT, null, "first:" + account, "to begin with")));
            db.run(tx -> move.before().on(credits, tx, account, id));
            patiently(tx -> tx.query("SELECT 1").mapTo(Integer.class).one(), far, together);

            wire.cutAt(way, message);
            try {
                commit(tx -> move.act().on(credits, tx, account, id), far, together);
            } catch (Problem away) {
                assertThat(away.type()).isEqualTo(ProblemType.UNAVAILABLE);
            }
            boolean cut = wire.fired();
            wire.disarm();
            patiently(tx -> move.act().on(credits, tx, account, id), far, together);

            String where = move.name() + ", " + way + " message " + message + (together ? ", together" : "");
            Balance balance = db.read(tx -> credits.balance(tx, account));
            assertThat(balance.balance()).as(where).isEqualTo(move.balance() * Micros.CREDIT);
            assertThat(balance.held()).as(where).isEqualTo(move.held() * Micros.CREDIT);
            if (!cut) {
                List<String> broken = db.read(tx -> tx.query("SELECT rule FROM admin.ledger_check()")
                        .mapTo(String.class)
                        .list());
                assertThat(broken).as(where).isEmpty();
                return message - 1;
            }
        }
        throw new AssertionError(move.name() + " never ended");
    }

    private static UUID newcomer(Db db) {
        UUID id = Ids.next();
        db.run(tx -> {
            tx.execute(
                    "INSERT INTO plan (id, name, running, storage_bytes) VALUES ('bare', 'Bare', 2, 0) ON CONFLICT DO NOTHING");
            tx.update("INSERT INTO account (id, email, plan) VALUES (:id, :email, 'bare')")
                    .bind("id", id)
                    .bind("email", id + "@example.com")
                    .execute();
        });
        return id;
    }

    private static void commit(Consumer<Tx> work, Db db, boolean together) {
        if (together) {
            db.together(tx -> {
                work.accept(tx);
                return Boolean.TRUE;
            });
        } else {
            db.run(work);
        }
    }

    /** Says it until it is done; that it is there already is as good. */
    private static void patiently(Consumer<Tx> work, Db db, boolean together) {
        while (true) {
            try {
                commit(work, db, together);
                return;
            } catch (Duplicate there) {
                return;
            } catch (Problem away) {
                if (away.type() != ProblemType.UNAVAILABLE) {
                    throw away;
                }
            }
        }
    }
}
