package dev.millrace.credits;

import dev.millrace.credits.Ledger.Standing;
import dev.millrace.platform.Micros;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What accounts may spend. */
public final class Credits {

    private final Db db;
    private final Plans plans = new Plans();
    private final Ledger ledger = new Ledger();
    private final Holds holds = new Holds();
    private final Caps caps = new Caps();
    private final Reversals reversals = new Reversals();
    private final CreditNews news;

    /** Credits of whose changes nobody hears. */
    public Credits(Db db) {
        this(db, CreditNews.NOBODY);
    }

    public Credits(Db db, CreditNews news) {
        this.db = db;
        this.news = news;
    }

    /** The account's plan, at most five seconds old; opens a transaction of its own only when it is not remembered. */
    public Plan plan(UUID account) {
        return plans.of(db, account);
    }

    /** The account's plan, at most five seconds old. */
    public Plan plan(Tx tx, UUID account) {
        return plans.of(tx, account);
    }

    /**
     * Sets aside what something will cost at most. The id of the hold is the id of what it pays for. It lasts an hour: whoever
     * holds says {@link #extend} while the work goes on.
     *
     * @param what a few words the owner reads in the ledger
     * @throws Problem INSUFFICIENT_CREDITS with {@code reason}, {@code missing} and {@code remedy}
     */
    public void hold(Tx tx, UUID hold, UUID account, long micros, String what) {
        if (micros < 0) {
            throw new IllegalArgumentException("a hold of less than nothing");
        }
        Funds funds = holds.funds(tx, account);
        if (!funds.opened()) {
            ledger.open(tx, account);
            funds = holds.funds(tx, account);
        }
        if (!funds.suffice(micros)) {
            throw refusal(funds, micros);
        }
        holds.take(tx, funds, hold, account, micros, what);
        Balance before = Balance.of(funds.balance(), funds.available());
        news.changed(tx, account, before, Balance.of(funds.balance(), funds.available() - micros));
    }

    /**
     * The same for a caller, within his caps on spending: his own a day, that of his key, and what the operator lets be spent on the
     * provider.
     *
     * @throws Problem INSUFFICIENT_CREDITS, also with the reasons {@code cap_day}, {@code cap_key} and {@code provider_budget}
     */
    public void hold(Tx tx, UUID hold, Spending spending, long micros, String what) {
        Caps.Counted counted = caps.admit(tx, spending, hold, micros);
        hold(tx, hold, spending.spender().account(), micros, what);
        caps.note(tx, hold, counted);
    }

    /**
     * Charges the sum of the lines, at most what was held, and frees the rest. A hold that ended before is left as it is and its
     * receipt is answered again.
     */
    public Receipt settle(Tx tx, UUID hold, List<ReceiptLine> lines) {
        return holds.settle(tx, hold, lines);
    }

    /** Frees all of it: nothing is charged, and the ledger says so. */
    public Receipt release(Tx tx, UUID hold) {
        return holds.release(tx, hold);
    }

    /** Says that the work these holds pay for still goes on; those that ended are passed over. May be said often. */
    public void extend(Tx tx, Collection<UUID> stillWorking) {
        holds.extend(tx, stillWorking);
    }

    /** What the account has. Writes nothing, so it may be asked in a reading transaction. */
    public Balance balance(Tx tx, UUID account) {
        Standing standing = ledger.standing(tx, account);
        if (standing.purses() == 0) {
            long welcome = plan(tx, account).creditsOnceMicros();
            return new Balance(welcome, 0, welcome);
        }
        return new Balance(standing.balance(), standing.held(), standing.available());
    }

    /** Gives credits; false when this giving was done before. */
    public boolean grant(Tx tx, UUID account, Grant grant) {
        Balance before = balance(tx, account);
        boolean given = ledger.give(tx, account, grant);
        if (given) {
            news.changed(tx, account, before, balance(tx, account));
        }
        return given;
    }

    /**
     * Takes back what was given under the name {@code of}, at most what is left of it to take. What is free in its purse is taken, the
     * rest is owed: it blocks new holds, and the next credits pay it first.
     *
     * @param request names the taking: again under the same name does nothing
     * @param words a few words the owner reads in the ledger
     */
    public Undoing takeBack(Tx tx, String of, long micros, String request, String words) {
        return telling(tx, of, () -> reversals.takeBack(tx, of, micros, request, words));
    }

    /** Gives again what was taken back under the name {@code of}, once for each {@code request}. */
    public Undoing giveAgain(Tx tx, String of, String request, String words) {
        return telling(tx, of, () -> reversals.giveAgain(tx, of, request, words));
    }

    /**
     * Sets aside, until {@link #release}, what is free of what was given under the name {@code of}: at most that much, maybe nothing.
     * It never expires.
     */
    public Undoing freeze(Tx tx, String of, long micros, UUID hold, String words) {
        return telling(tx, of, () -> reversals.freeze(tx, of, micros, hold, words));
    }

    /** Ends the allowances there are, before that of the next month is granted: what is left of them is written off. */
    public void endAllowances(Tx tx, UUID account) {
        Balance before = balance(tx, account);
        ledger.endAllowances(tx, account);
        news.changed(tx, account, before, balance(tx, account));
    }

    /** Puts an account on a plan; in effect here at once, on other nodes within five seconds. */
    public void move(Tx tx, UUID account, String plan) {
        plans.move(tx, account, plan);
    }

    /** Frees what holds nobody extended for an hour set aside; to be called every minute or so. Answers how many. */
    public int expireHolds() {
        return allOf(holds::expire);
    }

    /** Frees holds whose work has ended without them; to be called every minute or so. Answers how many. */
    public int freeLeaked() {
        return allOf(holds::freeLeaked);
    }

    /** Writes off what is left of grants whose time is over; to be called every minute or so. Answers how many. */
    public int expireGrants() {
        return allOf(tx -> {
            List<UUID> owners = ledger.expire(tx);
            for (UUID owner : new TreeSet<>(owners)) {
                Balance now = balance(tx, owner);
                news.changed(tx, owner, now, now);
            }
            return owners.size();
        });
    }

    /** The operator's budgets for providers, and what is spent of them today; days long gone are forgotten on the way. */
    public List<Budget> budgets() {
        return db.transact(tx -> {
            Caps.forget(tx);
            return Caps.all(tx);
        });
    }

    Caps caps() {
        return caps;
    }

    /** {@code /v1/usage}, {@code /v1/plans}, {@code /v1/ledger}, {@code /v1/caps}. */
    public Routes routes(Limits limits, Cursors cursors, Activity activity) {
        var credit = new CreditRoutes(db, plans, ledger, new CreditRoutes.Around(limits, cursors, activity));
        var cap = new CapRoutes(db, caps);
        return () ->
                Stream.concat(credit.routes().stream(), cap.routes().stream()).toList();
    }

    /** Does something to what was given under a name, and tells of it when it changed anything. */
    private Undoing telling(Tx tx, String of, Supplier<Undoing> change) {
        UUID owner = reversals.owner(tx, of);
        Balance before = owner == null ? null : balance(tx, owner);
        Undoing done = change.get();
        if (owner != null && before != null && done == Undoing.DONE) {
            news.changed(tx, owner, before, balance(tx, owner));
        }
        return done;
    }

    /** A transaction a batch, until a batch finds nothing more. */
    private int allOf(ToIntFunction<Tx> batch) {
        int all = 0;
        for (int some = 1; some > 0; all += some) {
            some = db.transact(batch::applyAsInt);
        }
        return all;
    }

    private static Problem refusal(Funds funds, long micros) {
        long missing = Math.addExact(micros - funds.available(), funds.owed());
        return Problem.of(ProblemType.INSUFFICIENT_CREDITS, "There are not enough credits for this.")
                .with("reason", "balance")
                .with("missing", Micros.credits(Math.max(1, missing)))
                .with("remedy", remedy(funds, micros, missing));
    }

    /** What running work holds is part of the balance and may still be spent, so only what is free counts. */
    private static String remedy(Funds funds, long micros, long missing) {
        if (funds.owed() > 0) {
            return "Add credits: what is owed from before is paid first.";
        }
        String add = "Add " + Micros.credits(missing) + " credits, or ask for less";
        return funds.balance() >= micros ? add + "; work that still runs may give some back." : add + ".";
    }
}
