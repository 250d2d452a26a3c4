package dev.millrace.generation.live;

import dev.millrace.generation.events.Frame;
import dev.millrace.platform.http.socket.TextSocket;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The messages of one stream on a socket: {@code {"stream": …, "id": …, "event": …, "data": …}}. */
final class SocketOutlet implements Channel {
    private static final byte[] ID = ascii("\",\"id\":\"");
    private static final byte[] EVENT = ascii("\",\"event\":\"");
    private static final byte[] DATA = ascii("\",\"data\":");

    private final TextSocket socket;
    private final byte[] head;
    private final Consumer<Parting> parted;
    private List<byte[]> gathered = new ArrayList<>(2);

    /**
     * @param stream the name under which it was subscribed to, which needs no escaping in JSON
     * @param parted is told when the stream ends before what it tells of does
     */
    SocketOutlet(TextSocket socket, String stream, Consumer<Parting> parted) {
        this.socket = socket;
        this.head = ascii("{\"stream\":\"" + stream);
        this.parted = parted;
    }

    /** For a few last words. */
    SocketOutlet(TextSocket socket, String stream) {
        this(socket, stream, why -> {});
    }

    @Override
    public void tell(Frame frame) {
        byte[] json = frame.json();
        var message = new ByteArrayOutputStream(head.length + 100 + json.length);
        message.writeBytes(head);
        message.writeBytes(ID);
        message.writeBytes(ascii(frame.id().toString()));
        add(message, frame.event(), json);
    }

    @Override
    public void aside(String event, byte[] json) {
        var message = new ByteArrayOutputStream(head.length + 50 + json.length);
        message.writeBytes(head);
        add(message, event, json);
    }

    /** Pings are the signs of life here. */
    @Override
    public void silence() {}

    /** A page decides by itself when it opens a new socket. */
    @Override
    public void retry(Duration delay) {}

    @Override
    public void part(Parting why) {
        parted.accept(why);
    }

    @Override
    public void flush() {
        if (!gathered.isEmpty()) {
            List<byte[]> messages = gathered;
            gathered = new ArrayList<>(2);
            socket.send(messages);
        }
    }

    private void add(ByteArrayOutputStream message, String event, byte[] json) {
        message.writeBytes(EVENT);
        message.writeBytes(ascii(event));
        message.writeBytes(DATA);
        message.writeBytes(json);
        message.write('}');
        gathered.add(message.toByteArray());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
