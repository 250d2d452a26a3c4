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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What accounts may spend. */
public final class Credits {

    private final Db db;
    private final Plans plans = new Plans();
    private final Ledger ledger = new Ledger();
    private final Holds holds = new Holds();
    private final FreeHolds freeHolds = new FreeHolds();
    private final Budgets budgets = new Budgets();
    private final Caps caps = new Caps(budgets);
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
        hold(tx, new Wanted(hold, account, micros, what));
    }

    /**
     * The same within the caps of whoever spends.
     *
     * @throws Problem INSUFFICIENT_CREDITS, also with the reasons {@code cap_day}, {@code cap_key} and {@code provider_budget}
     */
    public void hold(Tx tx, Wanted wanted) {
        Problem refusal = hold(tx, List.of(wanted)).getFirst();
        if (refusal != null) {
            throw refusal;
        }
    }

    /**
     * Holds for many, as if one came after the other, in statements for all of them, each within his caps on spending: his own a day,
     * that of his key, and what the operator lets be spent on the provider. Answers for each, in this order, why it is refused, or
     * null; a refusal has left nothing behind, unless what was free paid what was owed.
     */
    public List<@Nullable Problem> hold(Tx tx, List<Wanted> all) {
        Caps.Round round = caps.round(tx, all);
        Map<UUID, Funds> funds =
                holds.funds(tx, all.stream().map(Wanted::account).collect(Collectors.toSet()));
        var refusals = new ArrayList<@Nullable Problem>();
        var granted = new ArrayList<Holds.Granted>();
        for (Wanted wanted : all) {
            try {
                Holds.Granted grant = granted(tx, round, wanted, funds.getOrDefault(wanted.account(), Funds.NONE));
                granted.add(grant);
                funds.put(wanted.account(), grant.after());
                refusals.add(null);
            } catch (Problem refusal) {
                refusals.add(refusal);
            }
        }
        holds.take(tx, granted);
        granted.forEach(grant -> Cap.note(tx, grant.wanted(), grant.counted().uses()));
        news.changed(tx, granted.stream().map(Holds.Granted::change).toList());
        return refusals;
    }

    /**
     * Whether there is enough is asked before anything is counted. Who was never here is given his first purse when it would do, and
     * asked again: his plan may be another one by now.
     */
    private Holds.Granted granted(Tx tx, Caps.Round round, Wanted wanted, Funds known) {
        List<Cap.Use> own = round.check(wanted);
        UUID account = wanted.account();
        Funds before = known.opened()
                ? known
                : Funds.newcomer(account, plan(tx, account).creditsOnceMicros());
        if (!known.opened() && before.suffice(wanted.micros())) {
            ledger.open(tx, account);
            before = holds.funds(tx, List.of(account)).getOrDefault(account, Funds.NONE);
        }
        if (!before.suffice(wanted.micros())) {
            throw refusal(tx, wanted, before);
        }
        Caps.Counted counted = round.count(wanted, own);
        return new Holds.Granted(wanted, counted, before, before.parts(wanted.micros()));
    }

    /**
     * Another provider takes over what the hold pays for: it counts against his budget of today, and no longer against that of
     * whoever had it. To be called in a transaction of its own.
     *
     * @throws Problem INSUFFICIENT_CREDITS with the reason {@code provider_budget}
     */
    public void redirect(Tx tx, UUID hold, String provider) {
        budgets.redirect(tx, hold, provider);
    }

    /** The providers for whom the operator has set a budget, as known here for three seconds at most. */
    public Set<String> budgeted(Tx tx) {
        return budgets.providers(tx);
    }

    /**
     * What the calls to providers cost whose work ends, to be said before its holds are settled or released: what no charge covers
     * counts against the budgets of today, even beyond them. Costs of providers without a budget may be left out.
     */
    public void paid(Tx tx, List<UUID> holds, List<Cost> costs) {
        Budgets.pay(tx, holds, costs);
    }

    /**
     * Charges the sum of the lines, at most what was held, and frees the rest. A hold that ended before is left as it is and its
     * receipt is answered again.
     */
    public Receipt settle(Tx tx, UUID hold, List<ReceiptLine> lines) {
        return settle(tx, List.of(new Bill(hold, lines))).getFirst();
    }

    /** Settles many, as if one came after the other, in statements for all of them; answers the receipts in this order. */
    public List<Receipt> settle(Tx tx, List<Bill> bills) {
        return holds.settle(tx, bills);
    }

    /** Frees all of it: nothing is charged, and the ledger says so. */
    public Receipt release(Tx tx, UUID hold) {
        return release(tx, List.of(hold)).getFirst();
    }

    /** The same for many; answers their receipts in this order. */
    public List<Receipt> release(Tx tx, List<UUID> all) {
        return freeHolds.release(tx, all);
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
            news.changed(tx, List.of(new CreditNews.Change(account, before, balance(tx, account))));
        }
        return given;
    }

    /**
     * Takes back what was given under the name {@code of}, at most what is left of it to take. What is free in its purse is taken, then
     * what is free in the others; the rest is owed: it blocks new holds, and the next credits that are given or come free pay it first.
     *
     * @param request names the taking: again under the same name does nothing
     * @param words a few words the owner reads in the ledger
     */
    public Undoing takeBack(Tx tx, String of, long micros, String request, String words) {
        return telling(tx, of, owner -> {
            Undoing done = reversals.takeBack(tx, of, micros, request, words);
            if (done == Undoing.DONE && owner != null) {
                Reversals.payDebts(tx, List.of(owner));
            }
            return done;
        });
    }

    /** Gives again what was taken back under the name {@code of}, once for each {@code request}. */
    public Undoing giveAgain(Tx tx, String of, String request, String words) {
        return telling(tx, of, owner -> reversals.giveAgain(tx, of, request, words));
    }

    /**
     * Sets aside, until {@link #release}, what is free of what was given under the name {@code of}: at most that much, maybe nothing.
     * It never expires.
     */
    public Undoing freeze(Tx tx, String of, long micros, UUID hold, String words) {
        return telling(tx, of, owner -> reversals.freeze(tx, of, micros, hold, words));
    }

    /** Ends the allowances that were granted under those names, before the next is: what is left of them is written off. Told with that. */
    public void endAllowances(Tx tx, UUID account, List<String> of) {
        ledger.endAllowances(tx, account, of);
    }

    /** Puts an account on a plan; in effect here at once, on other nodes within five seconds. */
    public void move(Tx tx, UUID account, String plan) {
        plans.move(tx, account, plan);
    }

    /** Frees what holds nobody extended for an hour set aside; to be called every minute or so. Answers how many. */
    public int expireHolds() {
        return allOf(freeHolds::expire);
    }

    /** Frees holds whose work has ended without them; to be called every minute or so. Answers how many. */
    public int freeLeaked() {
        return allOf(freeHolds::freeLeaked);
    }

    /** Writes off what is left of grants whose time is over; to be called every minute or so. Answers how many. */
    public int expireGrants() {
        return allOf(tx -> {
            List<UUID> owners = ledger.expire(tx);
            for (UUID owner : new TreeSet<>(owners)) {
                Balance now = balance(tx, owner);
                news.changed(tx, List.of(new CreditNews.Change(owner, now, now)));
            }
            return owners.size();
        });
    }

    /** The operator's budgets for providers, and what is spent of them today; days long gone are forgotten on the way. */
    public List<Budget> budgets() {
        return db.transact(tx -> {
            Budgets.forget(tx);
            Cap.forget(tx);
            return Budgets.all(tx);
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
    private Undoing telling(Tx tx, String of, Function<@Nullable UUID, Undoing> change) {
        UUID owner = reversals.owner(tx, of);
        Balance before = owner == null ? null : balance(tx, owner);
        Undoing done = change.apply(owner);
        if (owner != null && before != null && done == Undoing.DONE) {
            news.changed(tx, List.of(new CreditNews.Change(owner, before, balance(tx, owner))));
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

    private Problem refusal(Tx tx, Wanted wanted, Funds funds) {
        long missing = Math.addExact(wanted.micros() - funds.available(), funds.owed());
        boolean inFlight = funds.owed() == 0
                && funds.balance() >= wanted.micros()
                && funds.balance() - holds.disputed(tx, wanted.account()) >= wanted.micros();
        return Problem.of(ProblemType.INSUFFICIENT_CREDITS, "There are not enough credits for this.")
                .with("reason", inFlight ? "in_flight" : "balance")
                .with("missing", Micros.credits(Math.max(1, missing)))
                .with("remedy", remedy(funds, missing, inFlight));
    }

    /** What running work holds is part of the balance and may still be spent, so only what is free counts. */
    private static String remedy(Funds funds, long missing, boolean inFlight) {
        if (funds.owed() > 0) {
            return "Add credits: what is owed from before is paid first.";
        }
        String add = Micros.credits(missing) + " credits, or ask for less.";
        return inFlight ? "Wait until work that still runs gives some back, add " + add : "Add " + add;
    }

    /**
     * What the calls of one provider for some work came to, known when the work ends.
     *
     * @param hold that of the work
     * @param micros what the calls cost, kept or not
     * @param chargedMicros what its owner is charged for the work, before that is cut to what was held
     */
    public record Cost(UUID hold, UUID account, String provider, long micros, long chargedMicros) {}
}
