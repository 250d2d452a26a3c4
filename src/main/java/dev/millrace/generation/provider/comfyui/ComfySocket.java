package dev.millrace.generation.provider.comfyui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Preview;
import dev.millrace.generation.provider.job.Errand;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.media.ffmpeg.Format;
import dev.millrace.platform.outbound.MessageSocket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server tells of one prompt while it runs. It repeats nothing and may fall silent: those who look at the job go on. */
final class ComfySocket implements Errand.Live, MessageSocket.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ComfySocket.class);
    private static final long PREVIEW_PAUSE_NANOS = Duration.ofMillis(500).toNanos();
    private static final int LARGEST_PREVIEW = 2 << 20;
    private static final int PREVIEW = 1;
    private static final int PREVIEW_WITH_METADATA = 4;

    private final ProviderCall call;
    private final Vigil vigil;
    private final Steps steps;
    private @Nullable MessageSocket socket;
    private long previewedAt = System.nanoTime() - PREVIEW_PAUSE_NANOS;
    private int previews;

    ComfySocket(ProviderCall call, Vigil vigil, Steps steps) {
        this.call = call;
        this.vigil = vigil;
        this.steps = steps;
    }

    /** Takes the socket that brings it what it hears. */
    ComfySocket with(MessageSocket open) {
        socket = open;
        return this;
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    public void closed() {
        LOG.debug("the socket of prompt {} is closed", vigil.id());
    }

    @Override
    public void text(String message) {
        JsonNode json = WireJson.read(message);
        JsonNode data = json == null ? null : json.get("data");
        // some messages go to everybody
        if (data == null || !vigil.id().equals(WireJson.text(data, "prompt_id"))) {
            return;
        }
        switch (String.valueOf(WireJson.text(json, "type"))) {
            case "execution_cached" -> steps.cached(data.path("nodes"));
            case "progress" -> {
                steps.step(
                        data.path("node").asText(""),
                        data.path("value").asDouble(-1),
                        data.path("max").asDouble(0));
                tell();
            }
            case "progress_state" -> {
                steps.states(data.path("nodes"));
                tell();
            }
            case "executing" -> {
                if (data.path("node").isTextual()) {
                    steps.running(data.path("node").asText());
                    tell();
                } else {
                    vigil.tell(Sighting.OVER);
                }
            }
            case "execution_success", "execution_error", "execution_interrupted" -> vigil.tell(Sighting.OVER);
            default -> {
                // others are for the server's own page
            }
        }
    }

    private void tell() {
        vigil.tell(Sighting.running(steps.fraction()));
    }

    /** Four bytes of type; then the picture, after its kind in four bytes, or after its description and how long that is. */
    @Override
    public void bytes(byte[] message) {
        long now = System.nanoTime();
        if (message.length < 9 || message.length > LARGEST_PREVIEW || now - previewedAt < PREVIEW_PAUSE_NANOS) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(message);
        int type = buffer.getInt();
        int second = buffer.getInt();
        int from = switch (type) {
            case PREVIEW -> 8;
            case PREVIEW_WITH_METADATA -> second < 0 || second > message.length - 8 ? message.length : 8 + second;
            default -> message.length;
        };
        if (from < message.length) {
            previewedAt = now;
            show(Arrays.copyOfRange(message, from, message.length));
        }
    }

    private void show(byte[] picture) {
        Format format = Format.of(Arrays.copyOf(picture, Math.min(Format.HEAD, picture.length)));
        if (format != Format.JPEG && format != Format.PNG) {
            return;
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(picture))) {
            ImageReader reader =
                    ImageIO.getImageReadersBySuffix(format.extension()).next();
            reader.setInput(in);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            reader.dispose();
            int step = ++previews;
            Path file = call.folder().resolve("preview-" + step + "." + format.extension());
            Files.write(file, picture);
            vigil.show(new Preview(file, format.contentType(), width, height, step));
        } catch (IOException broken) {
            LOG.debug("a preview of prompt {} cannot be shown: {}", vigil.id(), broken.getMessage());
        }
    }
}
