package dev.millrace.generation.live;

import dev.millrace.generation.events.Frame;
import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.platform.http.sse.EventStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One event stream that several threads write to: the account's own events as they are, those of generations that are followed as
 * {@code message} with {@code {generation, id, event, data}}.
 */
final class SharedStream {
    private static final byte[] GENERATION = ascii("event: message\ndata: {\"generation\":\"");
    private static final byte[] ID = ascii("\",\"id\":\"");
    private static final byte[] NAME = ascii("\",\"event\":\"");
    private static final byte[] DATA = ascii("\",\"data\":");
    private static final byte[] CLOSED = ascii("}\n\n");

    private final EventStream stream;
    private final ReentrantLock turn = new ReentrantLock(true);

    SharedStream(EventStream stream) {
        this.stream = stream;
    }

    /** Where the account's own events go, and the signs of life. */
    Channel account() {
        return new Own();
    }

    /** Where the events of a generation go; {@code parted} is told when they end before it does. */
    Channel of(UUID generation, Consumer<Parting> parted) {
        return new Followed(ascii(generation.toString()), parted);
    }

    private void write(byte[] events) {
        turn.lock();
        try {
            stream.send(events).flush();
        } finally {
            turn.unlock();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What one thread gathers. */
    private abstract class Part implements Channel {
        private ByteArrayOutputStream gathered = new ByteArrayOutputStream(0);

        final void add(byte[] bytes) {
            gathered.writeBytes(bytes);
        }

        @Override
        public final void aside(String event, byte[] json) {
            add(ascii("event: " + event + "\ndata: "));
            add(json);
            add(ascii("\n\n"));
        }

        @Override
        public final void retry(Duration delay) {
            add(ascii("retry: " + delay.toMillis() + "\n\n"));
        }

        @Override
        public final void flush() {
            if (gathered.size() > 0) {
                byte[] events = gathered.toByteArray();
                gathered = new ByteArrayOutputStream(0);
                write(events);
            }
        }
    }

    private final class Own extends Part {
        @Override
        public void tell(Frame frame) {
            throw new IllegalStateException("the account's own events are not logged");
        }

        @Override
        public void silence() {
            add(ascii(":\n\n"));
        }

        @Override
        public void part(Parting why) {
            Farewell.say(this, why);
        }
    }

    private final class Followed extends Part {
        private final byte[] generation;
        private final Consumer<Parting> parted;

        Followed(byte[] generation, Consumer<Parting> parted) {
            this.generation = generation;
            this.parted = parted;
        }

        @Override
        public void tell(Frame frame) {
            add(GENERATION);
            add(generation);
            add(ID);
            add(ascii(frame.id().toString()));
            add(NAME);
            add(ascii(frame.event()));
            add(DATA);
            add(frame.json());
            add(CLOSED);
        }

        /** The account's own channel gives the signs of life. */
        @Override
        public void silence() {}

        @Override
        public void part(Parting why) {
            parted.accept(why);
        }
    }
}
