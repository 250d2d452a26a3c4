package dev.millrace.generation.work;

import dev.millrace.credits.Basis;
import dev.millrace.generation.events.GenerationEvent.Cost;
import dev.millrace.generation.events.GenerationEvent.Progress;
import dev.millrace.generation.events.GenerationEvent.Unresolved;
import dev.millrace.generation.events.Recording;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.store.Course;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Status;
import dev.millrace.platform.Micros;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells progress: how far, how long, how much, and how we know it. At most four times a second, of text once a second, and only
 * when something changed that a person would see.
 *
 * <p>What was told before it was stored is lost with its server, and whoever takes over must not tell a smaller percent than
 * readers have seen. So nothing is told that lies more than {@link #AHEAD} above what is stored, and who takes over begins that much
 * higher.
 *
 * <p>Two threads come here: the run's own with what the provider says, and the pulse, which keeps the time moving when the provider
 * says nothing. The pulse never waits.
 */
final class Teller {
    /** Points of percent that may have been told and not stored. */
    static final double AHEAD = 10;

    private static final long PICTURES_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long TEXT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Order order;
    private final Recording recording;
    private final Meter meter;
    private final long everyNanos;
    private final long began;
    private final ReentrantLock lock = new ReentrantLock();
    private Stage stage = Stage.STARTING;
    private long making = System.nanoTime();
    private long cost;
    private @Nullable Basis basis;
    private long toldAt;
    private @Nullable Progress told;
    private double stored;
    private double unstored;
    private long unstoredSeq;
    private boolean silent;
    private boolean begun;

    /** {@code before} is how many seconds ago somebody began with this generation. */
    Teller(Order order, Recording recording, Meter meter, double before) {
        this.order = order;
        this.recording = recording;
        this.meter = meter;
        this.stored = meter.percent();
        this.begun = order.standing().status() != Status.QUEUED;
        boolean text = order.wish().kind() == GenerationKind.TEXT;
        this.everyNanos = text ? TEXT_EVERY_NANOS : PICTURES_EVERY_NANOS;
        this.began = System.nanoTime() - (long) (before * 1e9);
        this.toldAt = System.nanoTime() - everyNanos;
    }

    /** The provider says how far it is. */
    void heard(double share, @Nullable Double secondsLeft, String source) {
        lock.lock();
        try {
            meter.heard(share, secondsLeft, source, elapsed());
            tell(false);
        } finally {
            lock.unlock();
        }
    }

    /** What it would cost to stop now. */
    void consumed(Usage usage) {
        lock.lock();
        try {
            cost = Math.min(
                    order.price().cost(usage.quantities()), order.money().maximumMicros());
            basis = order.price().basis(usage);
            tell(false);
        } finally {
            lock.unlock();
        }
    }

    /** The stage has changed, or is said again; told with the next progress. */
    void stage(Stage now) {
        lock.lock();
        try {
            stage = now;
        } finally {
            lock.unlock();
        }
    }

    Stage stage() {
        lock.lock();
        try {
            return stage;
        } finally {
            lock.unlock();
        }
    }

    /** A new attempt: the work begins again, the percent stays. */
    void restart() {
        lock.lock();
        try {
            meter.restart();
            begun = true;
            making = System.nanoTime();
            cost = 0;
            basis = null;
            stage = Stage.STARTING;
        } finally {
            lock.unlock();
        }
    }

    /** The provider is done. */
    void made() {
        lock.lock();
        try {
            meter.made(elapsed());
            stage = Stage.FINISHING;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How it stands, as an event that is committed before it is told: for changes of state. Until {@link #said} nothing else is
     * told: it would know of more, and come before.
     */
    Progress now(@Nullable Unresolved unresolved) {
        lock.lock();
        try {
            Progress progress = progress(unresolved);
            silent = true;
            told = progress;
            toldAt = System.nanoTime();
            stored = progress.percent().doubleValue();
            unstoredSeq = 0;
            return progress;
        } finally {
            lock.unlock();
        }
    }

    /** What {@link #now} answered was told, or never will be. */
    void said() {
        lock.lock();
        try {
            silent = false;
        } finally {
            lock.unlock();
        }
    }

    /** Time has passed; for what is still in line it does not count. Never waits, for nobody. */
    void tick() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (begun && stage != Stage.UNRESOLVED && stage != Stage.RETRYING) {
                tell(true);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The percent as it may be written into the row. */
    BigDecimal percent() {
        lock.lock();
        try {
            return tenths(Math.min(meter.percent(), ceiling()));
        } finally {
            lock.unlock();
        }
    }

    /** How it went, now that it is over. */
    Course course(double making, double finish) {
        lock.lock();
        try {
            return meter.course(making, finish);
        } finally {
            lock.unlock();
        }
    }

    /** Seconds since the attempt began. */
    double elapsed() {
        return (System.nanoTime() - making) / 1e9;
    }

    private void tell(boolean hurried) {
        long now = System.nanoTime();
        if (silent || now - toldAt < everyNanos) {
            return;
        }
        Progress fresh = progress(null);
        Progress before = told;
        if (before != null && !differs(before, fresh)) {
            return;
        }
        long seq = hurried ? recording.lightNow(fresh) : recording.light(fresh);
        if (seq > 0) {
            unstored = fresh.percent().doubleValue();
            unstoredSeq = seq;
            told = fresh;
            toldAt = now;
        }
    }

    /** As high as may be told now. */
    private double ceiling() {
        if (unstoredSeq > 0 && recording.isStored(unstoredSeq)) {
            stored = unstored;
            unstoredSeq = 0;
        }
        return stored + AHEAD;
    }

    private Progress progress(@Nullable Unresolved unresolved) {
        double elapsed = elapsed();
        Meter.Reading reading = meter.at(elapsed);
        return new Progress(
                tenths(Math.min(reading.percent(), ceiling())),
                tenths(reading.left()),
                tenths(reading.leftMost()),
                tenths((System.nanoTime() - began) / 1e9),
                stage.code(),
                reading.source(),
                new Cost(Micros.credits(order.money().expectedMicros()), Micros.credits(cost), basis),
                unresolved);
    }

    /** A percent, a second or a tenth of what is left, a stage, a source, a price. */
    private static boolean differs(Progress before, Progress now) {
        return !before.stage().equals(now.stage())
                || !before.source().equals(now.source())
                || !before.cost().equals(now.cost())
                || now.percent().subtract(before.percent()).compareTo(BigDecimal.ONE) >= 0
                || differs(before.etaSeconds(), now.etaSeconds());
    }

    private static boolean differs(@Nullable BigDecimal before, @Nullable BigDecimal now) {
        if (before == null || now == null) {
            return (before == null) != (now == null);
        }
        double gap = Math.abs(before.doubleValue() - now.doubleValue());
        return gap > 2 || (gap > 1 && gap > 0.1 * before.doubleValue());
    }

    private static BigDecimal tenths(double value) {
        BigDecimal tenths =
                BigDecimal.valueOf(value).setScale(1, RoundingMode.FLOOR).stripTrailingZeros();
        return tenths.scale() < 0 ? tenths.setScale(0) : tenths;
    }
}
