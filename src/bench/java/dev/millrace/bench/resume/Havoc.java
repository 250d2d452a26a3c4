package dev.millrace.bench.resume;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Kills, one after the other, as a shuffled deck says. What was killed comes back after up to three seconds; a server one time in
 * four only after its lease is over, so that its work is taken by another. Meanwhile the next card is played.
 */
final class Havoc {
    private static final int LEASE_SECONDS = 10;
    private static final String GENERATING =
            "SELECT count(*) FROM generation WHERE status IN ('running', 'processing')";

    enum Kind {
        API,
        PRODUCER,
        REDIS,
        POSTGRES
    }

    private final Stage stage;
    private final Tally tally;
    private final Random random;
    private final List<Kind> deck;
    private final Consumer<Exception> trouble;
    private final List<Thread> repairs = new ArrayList<>();
    private @Nullable Thread redisRepair;
    private @Nullable Thread postgresRepair;

    Havoc(Stage stage, Tally tally, Plan plan, Consumer<Exception> trouble) {
        this.stage = stage;
        this.tally = tally;
        this.random = new Random(plan.seed() * 31 + 7);
        this.trouble = trouble;
        this.deck = deck(plan.kills(), random);
    }

    /** A third producers, a quarter each servers of readers and stores, a sixth: at least one of each. */
    private static List<Kind> deck(int kills, Random random) {
        var deck = new ArrayList<Kind>();
        for (int i = 0; i < kills; i++) {
            int part = i % 20;
            deck.add(
                    part % 4 == 0
                            ? Kind.PRODUCER
                            : part % 4 == 1 ? Kind.REDIS : part % 4 == 2 ? Kind.POSTGRES : Kind.API);
            if (part >= 12) {
                deck.set(i, part % 2 == 0 ? Kind.PRODUCER : Kind.API);
            }
        }
        Collections.shuffle(deck, random);
        return deck;
    }

    /** Plays the deck, each card when its turn has come; returns when all is repaired. {@code stop} ends it early. */
    void play(int reconnects, BooleanSupplier stop) throws Exception {
        for (int card = 0; card < deck.size() && !stop.getAsBoolean(); card++) {
            long due = (long) reconnects * (card + 1) / (deck.size() + 1);
            while (tally.reconnects() < due && !stop.getAsBoolean()) {
                pause(20);
            }
            play(deck.get(card), stop);
        }
        for (Thread repair : List.copyOf(repairs)) {
            repair.join();
        }
    }

    private void play(Kind kind, BooleanSupplier stop) throws Exception {
        switch (kind) {
            case API -> kill(kind, up("api"));
            case PRODUCER -> kill(kind, producer(stop));
            case REDIS -> {
                join(redisRepair);
                tally.kill("Redis", open(), generating());
                stage.services().killRedis();
                redisRepair =
                        repair(random.nextInt(3_000), () -> stage.services().startRedis());
            }
            case POSTGRES -> {
                join(postgresRepair);
                tally.kill("Postgres", open(), generating());
                stage.services().killPostgres();
                postgresRepair =
                        repair(random.nextInt(3_000), () -> stage.services().startPostgres());
            }
        }
    }

    private void kill(Kind kind, @Nullable Member member) throws Exception {
        if (member == null) {
            return;
        }
        tally.kill(
                kind == Kind.API ? "API node" : "producing node",
                member.streams().get(),
                generating());
        tally.add("... of the producing nodes: " + member.name(), kind == Kind.PRODUCER ? 1 : 0);
        member.kill();
        boolean late = random.nextInt(4) == 0;
        repair(late ? (LEASE_SECONDS + 2) * 1_000 : random.nextInt(3_000), member::start);
    }

    private @Nullable Member up(String name) throws InterruptedException {
        Member member = stage.member(name);
        for (int i = 0; i < 3_000 && !member.up(); i++) {
            pause(20);
        }
        return member.up() ? member : null;
    }

    /** Whoever makes most generations just now; waits until there is one. */
    private @Nullable Member producer(BooleanSupplier stop) {
        for (int i = 0; i < 1_000 && !stop.getAsBoolean(); i++) {
            try {
                for (String node : stage.truth()
                        .lines("SELECT node FROM job WHERE state = 'running' AND kind = 'generation'"
                                + " GROUP BY node ORDER BY count(*) DESC, node")) {
                    for (Member member : stage.members()) {
                        if (member.up() && member.incarnation() == Long.parseLong(node)) {
                            return member;
                        }
                    }
                }
            } catch (SQLException away) {
                // Postgres was killed a moment ago
            }
            pause(50);
        }
        return null;
    }

    private Thread repair(int afterMillis, Repair repair) {
        Thread thread = Thread.ofVirtual().start(() -> {
            pause(afterMillis);
            try {
                repair.run();
            } catch (Exception failure) {
                trouble.accept(failure);
            }
        });
        repairs.add(thread);
        return thread;
    }

    private int open() {
        return stage.members().stream()
                .mapToInt(member -> member.streams().get())
                .sum();
    }

    private long generating() {
        try {
            return stage.truth().count(GENERATING);
        } catch (SQLException away) {
            return 0;
        }
    }

    private static void join(@Nullable Thread repair) throws InterruptedException {
        if (repair != null) {
            repair.join();
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @FunctionalInterface
    private interface Repair {
        void run() throws Exception;
    }
}
