package dev.millrace.generation.events;

import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of one generation, as it tells what happens.
 *
 * <p>{@link #text} and {@link #light} tell at once and let the writer store it; {@link #commit(Function)} and {@link #commit(Joint,
 * Object)} store first, in the transaction of the change, together with all that was told before, and then tell. While a change is
 * being committed nothing else is told, so what readers hear is always in the order of the ids; after the end, and once it is closed,
 * nothing is.
 */
public final class Recording implements Source, AutoCloseable {
    /** Bytes told and not yet taken by the writer; more waits for Postgres. */
    private static final int ROOM = 1024 * 1024;

    private static final long LOOK_AGAIN_MILLIS = 200;
    private static final int MOST_LOOKS = 10;

    private final UUID generation;
    private final UUID account;
    private final EventLog log;
    private final Tape tape;
    private final BooleanSupplier lost;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Audience audience = new Audience();
    private long storedSeq;
    private boolean committing;
    private boolean closed;
    private boolean listed;

    Recording(UUID generation, UUID account, EventLog log, Tape tape, BooleanSupplier lost) {
        this.generation = generation;
        this.account = account;
        this.log = log;
        this.tape = tape;
        this.lost = lost;
    }

    UUID generation() {
        return generation;
    }

    /** The other nodes that hear what happens here. */
    List<UUID> wantedBy() {
        return log.wanted().nodes(generation);
    }

    /** More text, which must be well-formed and not empty; told at once. */
    public void text(String more) {
        lock.lock();
        try {
            awaitTurn();
            if (!closed) {
                audience.tell(tape.text(more));
                list();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Progress, a preview or a part of a tool call; told at once. Answers its seq, by which {@link #isStored} knows it; 0 when it is
     * too late to tell it.
     */
    public long light(GenerationEvent event) {
        byte[] json = Json.bytes(event);
        lock.lock();
        try {
            awaitTurn();
            return closed ? 0 : light(event.event(), json);
        } finally {
            lock.unlock();
        }
    }

    /** The same by a thread that may not wait: 0 when something stands in its way, and it is left out. */
    public long lightNow(GenerationEvent event) {
        byte[] json = Json.bytes(event);
        if (!lock.tryLock()) {
            return 0;
        }
        try {
            return closed || committing || tape.waitingBytes() > ROOM ? 0 : light(event.event(), json);
        } finally {
            lock.unlock();
        }
    }

    private long light(String event, byte[] json) {
        Frame frame = tape.light(event, json);
        audience.tell(frame);
        list();
        return frame.id().seq();
    }

    /** Whether the event of that seq is durable. */
    public boolean isStored(long seq) {
        return look(() -> storedSeq >= seq);
    }

    /** Whether any text was told that still stands. */
    public boolean hasText() {
        return look(() -> tape.hasText());
    }

    /** Whether anything stands that another attempt would say again: text or calls to tools. */
    public boolean hasAnswer() {
        return look(() -> tape.hasAnswer());
    }

    /** The text that stands. */
    public String textSoFar() {
        return look(() -> tape.transcript().text());
    }

    /**
     * Commits a change of state with the events that tell it, if any; readers hear them when it is durable. The work may run more
     * than once, also after a commit whose answer was lost: it begins with the fence of its job.
     */
    public void commit(Function<Tx, List<GenerationEvent>> change) {
        store(again -> log.db().together(tx -> {
            List<Change> done = again ? found(tx) : List.of();
            return done.isEmpty() ? changed(tx, change) : done;
        }));
    }

    private List<Change> changed(Tx tx, Function<Tx, List<GenerationEvent>> change) {
        List<Change> changes = tape.number(change.apply(tx));
        EventRows.store(tx, generation, tape.pending());
        EventRows.append(tx, generation, changes.stream().map(Change::row).toList());
        return changes;
    }

    /**
     * The same together with others. After an end nothing is told.
     *
     * @param question what is asked of this one
     */
    public <Q> void commit(Joint<Q> joint, Q question) {
        store(again -> joint.commit(log.db(), this, question, again));
        if (joint.isLast()) {
            close();
        }
    }

    /** Of the text that stands, in characters. */
    int length() {
        return look(tape::length);
    }

    /** What is stored of a change that is not committed yet. */
    Joint.Numbered numbered(GenerationEvent event) {
        return new Joint.Numbered(generation, tape.transcript(), tape.pending(), tape.number(List.of(event)));
    }

    /**
     * Tells nothing more here; who still listens looks where the generation is now. What was told and is not stored yet gets a
     * moment to be, for whoever goes on begins with what is stored.
     */
    @Override
    public void close() {
        log.hub().forget(this);
        lock.lock();
        try {
            for (int looks = 0; looks < MOST_LOOKS && unstored() && !lost.getAsBoolean(); looks++) {
                rest(LOOK_AGAIN_MILLIS);
            }
            closed = true;
            audience.signal(Reader.Signal.ELSEWHERE);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Frame> join(Reader reader) {
        lock.lock();
        try {
            audience.add(reader);
            if (closed) {
                reader.signal(Reader.Signal.ELSEWHERE);
            }
            return tape.tail();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void leave(Reader reader) {
        lock.lock();
        try {
            audience.remove(reader);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void disperse() {
        signal(Reader.Signal.ELSEWHERE);
    }

    @Override
    public void signal(Reader.Signal why) {
        lock.lock();
        try {
            audience.signal(why);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the job was lost to another node: then nobody here knows any more what happens. */
    boolean lost() {
        return lost.getAsBoolean();
    }

    /** What the writer is to store now; nothing while a change is being committed, which stores it itself. */
    List<LogRow> take() {
        lock.lock();
        try {
            listed = false;
            return committing ? List.of() : tape.take();
        } finally {
            lock.unlock();
        }
    }

    /** The batch is durable; answers what other nodes may hear. */
    News stored(List<LogRow> rows) {
        lock.lock();
        try {
            tape.stored();
            changed.signalAll();
            return news(rows);
        } finally {
            lock.unlock();
        }
    }

    private News news(List<LogRow> rows) {
        long before = storedSeq;
        storedSeq = rows.getLast().seq();
        return new News(generation, before, rows);
    }

    private <T> T look(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    private boolean unstored() {
        return tape.hasWaiting() || tape.isTaken();
    }

    private void list() {
        if (!listed) {
            listed = true;
            log.writer().add(this);
        }
    }

    /** Text and progress wait while a change is being committed, and when far too much is not stored yet. */
    private void awaitTurn() {
        while (!closed && (committing || tape.waitingBytes() > ROOM)) {
            rest(LOOK_AGAIN_MILLIS);
            if (lost.getAsBoolean()) {
                return;
            }
        }
    }

    private void store(Function<Boolean, List<Change>> commit) {
        enter();
        List<Change> changes = null;
        try {
            changes = durably(commit);
        } finally {
            leave(changes);
        }
    }

    /** From here on nothing else is told: a batch that is on its way has arrived, and no other begins. */
    private void enter() {
        lock.lock();
        try {
            while ((committing || tape.isTaken()) && !lost.getAsBoolean()) {
                rest(LOOK_AGAIN_MILLIS);
            }
            committing = true;
        } finally {
            lock.unlock();
        }
    }

    /** Tells what was committed; null when nothing was. */
    private void leave(@Nullable List<Change> changes) {
        var told = new ArrayList<LogRow>();
        News news = null;
        lock.lock();
        try {
            if (changes != null) {
                told.addAll(tape.pending());
                changes.forEach(change -> told.add(change.told()));
                News all = told.isEmpty() ? null : news(told);
                tape.committed(changes);
                if (changes.stream().anyMatch(Change::found)) { // whoever listens reads them, here and elsewhere
                    audience.signal(Reader.Signal.ELSEWHERE);
                } else {
                    news = all;
                    changes.forEach(change -> audience.tell(change.frame()));
                }
                closed |= changes.stream().anyMatch(change -> change.frame().isTerminal());
            }
            committing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (news != null) {
            log.relay().tell(Map.of(news, wantedBy()));
        }
        if (changes != null && !changes.isEmpty()) {
            log.bell().accept(account);
        }
    }

    /**
     * Tries again while Postgres is away and the job is ours. A commit whose answer was lost shows in the table: its events are
     * there, and whoever listens reads them from there.
     */
    private List<Change> durably(Function<Boolean, List<Change>> commit) {
        for (int tries = 1; ; tries++) {
            try {
                return commit.apply(tries > 1);
            } catch (Problem away) {
                if (away.type() != ProblemType.UNAVAILABLE || lost.getAsBoolean()) {
                    throw away;
                }
            }
            pause(ThreadLocalRandom.current().nextLong(50, 200L * Math.min(tries, 10)));
        }
    }

    /** The changes that are in the table although nobody here was told that they were committed. */
    List<Change> found(Tx tx) {
        return Change.found(tx, generation, tape.last());
    }

    private void pause(long millis) {
        lock.lock();
        try {
            rest(millis);
        } finally {
            lock.unlock();
        }
    }

    /** A wish to stop that arrives here is kept for the next place where one may stop: nothing here may be left half done. */
    @SuppressWarnings("WaitNotInLoop") // every caller looks again at what it waits for
    private void rest(long millis) {
        boolean wished = Thread.interrupted();
        try {
            changed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            wished = true;
        }
        if (wished) {
            Thread.currentThread().interrupt();
        }
    }
}
