package dev.millrace.bench.resume;

import dev.millrace.bench.resume.witness.Told;
import dev.millrace.bench.resume.witness.Truth;
import dev.millrace.bench.resume.witness.Witness;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Has generations made, so many at once, each read by several ramblers, and compares what they were told with the tables. */
final class Stories {
    private static final int LOOKS = 600;
    private static final int LAST_SHOWN = 25;

    private final Stage stage;
    private final Tally tally;
    private final Plan plan;
    private final List<Person> people;
    private final AtomicInteger number = new AtomicInteger();
    private final Queue<Read> read = new ConcurrentLinkedQueue<>();

    Stories(Stage stage, Tally tally, Plan plan, List<Person> people) {
        this.stage = stage;
        this.tally = tally;
        this.plan = plan;
        this.people = people;
    }

    /** A generation that is over, and what one of its readers knows. */
    record Read(String generation, Person person, Witness witness) {}

    /** What is asked for. */
    private record Wish(String kind, Map<String, Object> body, boolean canceled) {}

    int asked() {
        return number.get();
    }

    List<Read> read() {
        return List.copyOf(read);
    }

    /** Tells one story after the other, until no more are wanted. */
    void tell(ExecutorService threads, BooleanSupplier stop) throws Exception {
        while (!stop.getAsBoolean()) {
            int mine = number.incrementAndGet();
            var random = new Random(plan.seed() + 1_000_003L * mine);
            Person person = people.get(random.nextInt(people.size()));
            Wish wish = wish(mine, random);
            String key = "story-" + plan.seed() + "-" + mine;
            String id = person.insist("/v1/generations", wish.body, key, 202)
                    .path("id")
                    .asText();
            var readers = new ArrayList<Future<Witness>>();
            for (int i = 0; i < Plan.READERS; i++) {
                var habits = new Random(random.nextLong());
                readers.add(threads.submit(new Rambler(stage, person::token, id, habits, tally)));
            }
            if (wish.canceled) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500 + random.nextInt(6_000)));
                person.insist("/v1/generations/" + id + "/cancellation", Map.of(), key + "-c", 202);
            }
            for (Future<Witness> reader : readers) {
                judge(id, person, wish, reader.get());
            }
        }
    }

    private static Wish wish(int number, Random random) {
        String prompt = "Story " + number + " of the sea, wide and grey, Ä ö 漢 " + random.nextInt(1_000_000);
        int words = 120 + random.nextInt(280);
        int speed = 12 + random.nextInt(20);
        int choice = random.nextInt(100);
        if (choice < 60) {
            return new Wish(
                    "text",
                    Map.of("kind", "text", "prompt", prompt, "options", Map.of("words", words, "speed", speed)),
                    random.nextInt(12) == 0);
        }
        if (choice < 86) {
            return new Wish(
                    "text whose vendor breaks off",
                    Map.of(
                            "kind",
                            "text",
                            "model",
                            "studio/chaos-text",
                            "prompt",
                            prompt,
                            "options",
                            Map.of(
                                    "words",
                                    words,
                                    "speed",
                                    speed,
                                    "cut_after",
                                    20 + random.nextInt(90),
                                    "fail_times",
                                    1)),
                    false);
        }
        if (choice < 95) {
            return new Wish(
                    "image",
                    Map.of(
                            "kind",
                            "image",
                            "prompt",
                            prompt,
                            "options",
                            Map.of("width", 256, "height", 256, "seed", 3)),
                    false);
        }
        return new Wish(
                "video",
                Map.of(
                        "kind",
                        "video",
                        "prompt",
                        prompt,
                        "options",
                        Map.of("width", 320, "height", 180, "seconds", 2, "seed", 3)),
                false);
    }

    private void judge(String id, Person person, Wish wish, Witness witness) throws InterruptedException {
        Truth.Story story = truth(id);
        tally.add("readers of " + wish.kind, 1);
        tally.add("ends " + story.status(), 1);
        tally.add("events told", witness.size());
        tally.add(
                "... of them resets",
                witness.told().stream()
                        .filter(event -> event.event().equals("reset"))
                        .count());
        List<String> faults = witness.verdict(story);
        if (faults.isEmpty()) {
            read.add(new Read(id, person, witness));
        } else {
            report(id + " (" + wish.kind + ", " + story.status() + ")", faults, witness, story);
        }
    }

    void report(String where, List<String> faults, Witness witness, Truth.Story story) {
        var all = new ArrayList<>(faults.subList(0, Math.min(faults.size(), 12)));
        List<Told> told = witness.told();
        told.subList(Math.max(0, told.size() - LAST_SHOWN), told.size())
                .forEach(event -> all.add("told   " + event.id() + " " + event.event() + " " + brief(event.data())));
        story.log().forEach(row -> all.add("stored " + row.place() + " " + row.event() + " " + brief(row.data())));
        tally.violation(where, all);
    }

    private static String brief(String data) {
        return data.substring(0, Math.min(data.length(), 100));
    }

    /** The row; looked for again while Postgres is away. */
    Truth.Story truth(String id) throws InterruptedException {
        SQLException last = null;
        for (int look = 0; look < LOOKS; look++) {
            try {
                return stage.truth().story(id);
            } catch (SQLException away) {
                last = away;
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new IllegalStateException("no row of " + id, last);
    }
}
