package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.events.Frame;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A chat as a stream of chunks.
 *
 * <p>Nothing goes out before the first word, so that a failure until then has its own status; only when that takes long the head
 * of the answer is sent, to show that somebody is there. What was sent stands: when the text begins anew, the stream ends with an
 * error.
 */
final class ChatStream implements Guest, AutoCloseable {
    private final Supplier<EventStream> opening;
    private final Chunks chunks;
    private final boolean keyed;
    private final Ending ending = new Ending();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream(256);
    private @Nullable EventStream stream;
    private Runnable leave = () -> {};
    private boolean spoke;
    private boolean called;
    private boolean broken;

    /** {@code keyed} is whether the client may come back for the whole. */
    ChatStream(Supplier<EventStream> opening, Chunks chunks, boolean keyed) {
        this.opening = opening;
        this.chunks = chunks;
        this.keyed = keyed;
    }

    @Override
    public Ending ending() {
        return ending;
    }

    /** Whether text was sent that does not go with what followed. */
    boolean isBroken() {
        return broken;
    }

    /** Whether the head of the answer is out, so that a refusal must be a chunk. */
    boolean isOpen() {
        return stream != null;
    }

    @Override
    public void mayLeave(Runnable how) {
        leave = how;
    }

    /** What was begun anew is made to its end for a client who may come back for it. */
    @Override
    public boolean heardTheEnd() {
        return ending.isOver() || broken && keyed;
    }

    @Override
    public void tell(Frame frame) {
        if (broken) {
            return;
        }
        if (frame.isText()) {
            sent.writeBytes(frame.utf8());
            say(frame.escapedText());
        } else if (frame.isReset()) {
            reset(frame.data());
        } else if (frame.event().equals(GenerationEvent.TOOL_CALL)) {
            called = true;
            speaks("null").raw(chunks.toolCall(frame.data()));
        } else if (frame.isTerminal()) {
            ending.over();
        }
    }

    @Override
    public void flush() {
        if (stream != null) {
            stream.flush();
        }
    }

    @Override
    public void silence() {
        open().comment();
    }

    @Override
    public void part(Parting why) {
        ending.part(why);
    }

    /** The end of a whole answer. */
    void end(String reason, @Nullable Usage usage) {
        EventStream out = speaks("\"\"").raw(chunks.finish(reason));
        if (usage != null) {
            out.raw(chunks.usage(usage));
        }
        out.raw(Chunks.DONE).flush();
    }

    /** The end of one that is not whole. */
    void end(Problem problem) {
        open().raw(Chunks.error(problem)).flush();
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.close();
        }
    }

    private void say(byte[] escaped) {
        speaks("\"\"").raw(chunks.textHead()).raw(escaped).raw(chunks.textEnd());
    }

    /** Another text stands from now on: as long as it goes on from what was sent, nobody needs to know. */
    private void reset(String data) {
        JsonNode told = WireJson.read(data);
        byte[] whole = told == null ? new byte[0] : told.path("text").asText().getBytes(StandardCharsets.UTF_8);
        byte[] had = sent.toByteArray();
        boolean goesOn =
                !called && whole.length >= had.length && Arrays.equals(whole, 0, had.length, had, 0, had.length);
        if (!goesOn) {
            broken = true;
            leave.run();
            return;
        }
        if (whole.length > had.length) {
            String rest = new String(whole, had.length, whole.length - had.length, StandardCharsets.UTF_8);
            sent.writeBytes(rest.getBytes(StandardCharsets.UTF_8));
            String quoted = Json.write(rest);
            say(quoted.substring(1, quoted.length() - 1).getBytes(StandardCharsets.UTF_8));
        }
    }

    private EventStream speaks(String content) {
        EventStream out = open();
        if (!spoke) {
            spoke = true;
            out.raw(chunks.role(content));
        }
        return out;
    }

    private EventStream open() {
        EventStream out = stream;
        if (out == null) {
            out = opening.get();
            stream = out;
        }
        return out;
    }
}
