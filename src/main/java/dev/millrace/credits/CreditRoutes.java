package dev.millrace.credits;

import dev.millrace.credits.Ledger.Line;
import dev.millrace.credits.Ledger.Standing;
import dev.millrace.platform.Micros;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Page;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.limits.Gauge;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.sql.Db;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a person sees of plans, limits and credits. */
final class CreditRoutes implements Routes {
    private static final String LEDGER = "ledger";
    private static final int DAYS = 30;
    private static final int MOST_DAYS = 90;

    private final Db db;
    private final Plans plans;
    private final Ledger ledger;
    private final Around around;

    CreditRoutes(Db db, Plans plans, Ledger ledger, Around around) {
        this.db = db;
        this.plans = plans;
        this.ledger = ledger;
        this.around = around;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/plans", Access.OPEN, this::plans),
                Route.get("/v1/usage", Access.CALLER, this::usage),
                Route.get("/v1/usage/days", Access.CALLER, this::days),
                Route.get("/v1/ledger", Access.CALLER, this::ledger));
    }

    private void plans(ServerRequest request, ServerResponse response) {
        List<PlanView> all = db.read(plans::all).stream().map(PlanView::of).toList();
        Answers.json(response, 200, new Page<>(all, null));
    }

    private void usage(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        Usage usage = db.transact(tx -> {
            ledger.open(tx, account);
            Standing standing = ledger.standing(tx, account);
            return new Usage(
                    plans.of(tx, account),
                    standing,
                    around.activity().of(tx, account, standing.month()),
                    CapsView.of(tx, account));
        });
        Plan plan = usage.plan();
        var windows = around.limits().look("{" + account + "}:account", plan.perMinute(), plan.perDay());
        Answers.json(response, 200, UsageView.of(usage, windows.minute(), windows.day()));
    }

    private void days(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        int days = Params.whole(request, "days", MOST_DAYS, DAYS);
        Answers.json(response, 200, new Page<>(db.read(tx -> ledger.days(tx, account, days)), null));
    }

    private void ledger(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        int limit = Params.limit(request);
        UUID after = around.cursors().of(request, LEDGER);
        List<Line> lines = db.transact(tx -> {
            ledger.open(tx, account);
            return ledger.page(tx, account, after, limit + 1);
        });
        Answers.json(
                response, 200, Page.of(lines, limit, line -> around.cursors().after(LEDGER, line.id())));
    }

    /** What the routes need from the rooms around. */
    record Around(Limits limits, Cursors cursors, Activity activity) {}

    private record Usage(Plan plan, Standing standing, Activity.Count count, CapsView caps) {}

    /** A window that the plan does not have is null. */
    private record UsageView(
            String plan,
            @Nullable Gauge minute,
            @Nullable Gauge day,
            Running running,
            Sums credits,
            Month month,
            CapsView caps) {
        static UsageView of(Usage usage, Gauge minute, Gauge day) {
            Standing standing = usage.standing();
            return new UsageView(
                    usage.plan().id(),
                    minute.limited() ? minute : null,
                    day.limited() ? day : null,
                    new Running(usage.plan().running(), usage.count().running()),
                    new Sums(
                            Micros.credits(standing.balance()),
                            Micros.credits(standing.held()),
                            Micros.credits(standing.available())),
                    new Month(usage.count().created(), Micros.credits(standing.spent())),
                    usage.caps());
        }
    }

    private record Running(long limit, long used) {}

    private record Sums(BigDecimal balance, BigDecimal held, BigDecimal available) {}

    private record Month(long generations, BigDecimal spent) {}

    /** A plan without a window has null there. */
    private record PlanView(
            String id,
            String name,
            @Nullable Long perMinute,
            @Nullable Long perDay,
            int running,
            BigDecimal creditsOnce,
            long storageBytes) {
        static PlanView of(Plan plan) {
            return new PlanView(
                    plan.id(),
                    plan.name(),
                    plan.perMinute() == Limits.NONE ? null : plan.perMinute(),
                    plan.perDay() == Limits.NONE ? null : plan.perDay(),
                    plan.running(),
                    Micros.credits(plan.creditsOnceMicros()),
                    plan.storageBytes());
        }
    }
}
