package dev.millrace.bench.resume;

import dev.millrace.bench.resume.witness.Told;
import dev.millrace.bench.resume.witness.Truth;
import dev.millrace.bench.resume.witness.Wire;
import dev.millrace.bench.resume.witness.Witness;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The run: planted faults first, then readers and kills until there were enough of both, then outages of Redis, old logs, the books.
 */
public final class ResumeRun {
    private static final int PEOPLE = 3;
    private static final int OLD = 60;

    private final Plan plan;
    private final Stage stage;
    private final PrintStream out;
    private final Tally tally = new Tally();
    private final List<Person> people = new ArrayList<>();
    private final long begun = System.nanoTime();

    private ResumeRun(Plan plan, Stage stage, PrintStream out) {
        this.plan = plan;
        this.stage = stage;
        this.out = out;
    }

    /**
     * Runs it and prints what happened; answers whether nothing was wrong.
     *
     * @param folder where everything is kept
     * @param programs where the services' programs are, or will be, unpacked
     */
    public static boolean run(Plan plan, Path folder, Path programs, Launcher launcher, PrintStream out)
            throws Exception {
        try (var stage = Stage.open(folder, programs, launcher)) {
            try {
                return new ResumeRun(plan, stage, out).run();
            } catch (Exception | AssertionError failure) {
                failure.printStackTrace(out); // said before the stage is closed, which takes its time
                throw failure;
            }
        }
    }

    private boolean run() throws Exception {
        out.printf(
                Locale.ROOT,
                "%d reconnects, %d kills, seed %d, %d texts, images and videos at once, %d readers each, limit %d min%n",
                plan.reconnects(),
                plan.kills(),
                plan.seed(),
                plan.stories(),
                Plan.READERS,
                plan.limit().toMinutes());
        for (int i = 0; i < PEOPLE; i++) {
            people.add(Person.signUp(stage, "reader-" + i, plan.seed() + i));
        }
        boolean sound = planted();
        var stories = new Stories(stage, tally, plan, people);
        sound &= storm(stories);
        outages();
        if (plan.full()) {
            old(stories);
        }
        books(stories);
        return report(sound);
    }

    private boolean planted() throws Exception {
        boolean sound = true;
        for (Map.Entry<String, List<String>> one :
                Planted.find(stage, people.getFirst()).entrySet()) {
            boolean clean = one.getValue().isEmpty();
            boolean right = clean == one.getKey().equals("nothing");
            sound &= right;
            out.println("planted " + one.getKey() + ": "
                    + (clean ? "nothing found" : "found: " + one.getValue().getFirst()) + (right ? "" : "  WRONG"));
        }
        return sound;
    }

    /** Readers and kills until there were enough of both; false when the time was over first. */
    private boolean storm(Stories stories) throws Exception {
        BooleanSupplier late = () -> System.nanoTime() - begun > plan.limit().toNanos();
        BooleanSupplier enough =
                () -> late.getAsBoolean() || tally.reconnects() >= plan.reconnects() && tally.kills() >= plan.kills();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var telling = new ArrayList<Future<?>>();
            for (int i = 0; i < plan.stories(); i++) {
                telling.add(threads.submit(() -> {
                    stories.tell(threads, enough);
                    return null;
                }));
            }
            var havoc = new Havoc(
                    stage,
                    tally,
                    plan,
                    trouble -> tally.violation(
                            "a server or service did not come back",
                            List.of(trouble.toString(), String.valueOf(trouble.getCause()))));
            Future<?> kills = threads.submit(() -> {
                havoc.play(plan.reconnects(), late);
                return null;
            });
            Thread.ofVirtual().start(() -> watch(enough));
            kills.get();
            for (Future<?> one : telling) {
                one.get();
            }
        }
        boolean through = tally.reconnects() >= plan.reconnects() && tally.kills() >= plan.kills();
        if (!through) {
            out.println("not through: " + tally.reconnects() + " reconnects and " + tally.kills()
                    + " kills when the time was over");
        }
        return through;
    }

    private void watch(BooleanSupplier enough) {
        while (!enough.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            if (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) % 60 == 0) {
                out.printf(
                        Locale.ROOT,
                        "  after %d min: %d reconnects, %d kills, %d violations%n",
                        TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - begun),
                        tally.reconnects(),
                        tally.kills(),
                        tally.violations());
            }
        }
    }

    private void outages() throws Exception {
        var outage = new Outage(stage, people.getFirst(), tally);
        for (int round = 0; round < (plan.full() ? 3 : 1); round++) {
            for (boolean frozen : plan.full() ? new boolean[] {false, true} : new boolean[] {false}) {
                Outage.Silence silence = outage.measure(round, frozen);
                out.printf(
                        Locale.ROOT,
                        "Redis %s for 4 s: longest silence on the node that makes it %d ms, on others %d ms (the machine itself %d ms)%n",
                        silence.what(),
                        silence.here().toMillis(),
                        silence.elsewhere().toMillis(),
                        silence.machine().toMillis());
            }
        }
    }

    /** Makes what was read last a day older, waits until progress is dropped from its log, and reads it again, from any id. */
    private void old(Stories stories) throws Exception {
        List<Stories.Read> read = stories.read();
        List<Stories.Read> last = read.subList(Math.max(0, read.size() - OLD), read.size());
        String ids = String.join(
                ",",
                last.stream()
                        .map(one -> "'" + one.generation() + "'")
                        .distinct()
                        .toList());
        stage.truth()
                .change("UPDATE generation SET created_at = created_at - interval '25 hours', started_at = started_at"
                        + " - interval '25 hours', finished_at = finished_at - interval '25 hours' WHERE id IN (" + ids
                        + ")");
        String light =
                "SELECT count(*) FROM generation_event WHERE event IN ('progress', 'preview') AND generation IN (" + ids
                        + ")";
        long before = stage.truth().count(light);
        for (int i = 0; i < 300 && stage.truth().count(light) > 0; i++) {
            TimeUnit.SECONDS.sleep(1);
        }
        long after = stage.truth().count(light);
        for (Stories.Read one : last) {
            // by who still has all that was told then, and by who has what the shorter log tells now
            reread(stories, one, one.witness().size() / 3);
            reread(stories, one, 0);
            reread(stories, one, Math.max(0, one.witness().size() - 2));
        }
        out.println("old logs: " + before + " progress events and previews in " + last.size() + " logs, " + after
                + " left a day later; each read from the start and from two ids, among them dropped ones");
        if (after > 0) {
            tally.violation("old logs", List.of(after + " progress events are left"));
        }
    }

    private void reread(Stories stories, Stories.Read one, int kept) throws Exception {
        Witness witness = one.witness();
        String path = "/v1/generations/" + one.generation() + "/events";
        try (Wire wire = Wire.open(
                stage.door(new java.util.Random(kept)).address(),
                path,
                one.person().token(),
                witness.resume(kept))) {
            if (wire.status() != 200) {
                tally.violation(path + " a day later, behind event " + kept, List.of("answered " + wire.status()));
                return;
            }
            for (Told event = wire.next(); event != null; event = wire.next()) {
                witness.hear(event);
            }
        }
        Truth.Story story = stories.truth(one.generation());
        List<String> faults = witness.verdict(story);
        tally.reconnect("after the log was compacted");
        if (!faults.isEmpty()) {
            stories.report(one.generation() + " a day later, behind event " + kept, faults, witness, story);
        }
    }

    /** What must hold of the tables when all is over. */
    private void books(Stories stories) throws Exception {
        Truth truth = stage.truth();
        List<String> faults = truth.lines("SELECT * FROM admin.ledger_check()");
        if (!faults.isEmpty()) {
            tally.violation("the ledger", faults);
        }
        long many = truth.count("SELECT count(*) FROM generation WHERE prompt LIKE 'Story %'");
        if (many != stories.asked()) {
            tally.violation("creations", List.of(stories.asked() + " were asked for, " + many + " were made"));
        }
        long open = truth.count("SELECT count(*) FROM hold WHERE state = 'open'");
        if (open != 0) {
            tally.violation("holds", List.of(open + " are open"));
        }
        out.println("generations: " + many + ", each asked for once and made once; ledger faults: " + faults.size()
                + "; open holds: " + open);
    }

    private boolean report(boolean sound) {
        tally.counts().forEach((what, many) -> out.printf(Locale.ROOT, "  %-60s %8d%n", what, many));
        tally.faults().forEach(fault -> out.println("VIOLATION " + fault));
        boolean right = sound && tally.violations() == 0;
        out.printf(
                Locale.ROOT,
                "%d reconnects, %d kills, %d violations, seed %d, %.1f min: %s%n",
                tally.reconnects(),
                tally.kills(),
                tally.violations(),
                plan.seed(),
                (System.nanoTime() - begun) / 60e9,
                right ? "no gap, no repeat, one end each" : "FAILED");
        return right;
    }
}
