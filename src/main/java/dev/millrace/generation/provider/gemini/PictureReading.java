package dev.millrace.generation.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.wire.Ending;
import dev.millrace.generation.provider.wire.Pictures;
import dev.millrace.generation.provider.wire.Reply;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.Streaming;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.outbound.Answer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the answer to one request for a picture, in which there may be text and more pictures, too. */
final class PictureReading implements Streaming.Reading, Reply.Listener {
    private final VendorErrors errors;
    private final Pictures pictures;
    private final int before;
    private @Nullable String reason;

    PictureReading(VendorErrors errors, Pictures pictures) {
        this.errors = errors;
        this.pictures = pictures;
        this.before = pictures.made();
    }

    @Override
    public void read(Answer answer) throws ProviderFailure {
        if (VendorErrors.gateway(answer.status())) {
            throw Pictures.lost(new WireFault("a gateway answered " + answer.status()));
        }
        new Reply(errors, SseLimits.PICTURES, this).read(answer);
        String end = reason;
        if (pictures.made() > before) {
            return;
        }
        if (end == null) {
            throw Pictures.lost(new WireFault("the answer ended without a reason"));
        }
        var cause = new WireFault("ended with " + end);
        throw Reasons.ending(end) == Ending.REFUSED
                ? new ProviderFailure(Kind.REFUSED, Kind.REFUSED.words(), null, cause)
                : new ProviderFailure(Kind.TRANSIENT, "The provider made no picture this time.", null, cause);
    }

    @Override
    public void event(String type, JsonNode chunk) throws ProviderFailure {
        try {
            for (JsonNode part :
                    chunk.path("candidates").path(0).path("content").path("parts")) {
                String data = WireJson.text(part.get("inlineData"), "data");
                // pictures that the model only thinks of are drafts
                if (data != null && !part.path("thought").asBoolean(false)) {
                    pictures.take(data);
                }
            }
        } catch (IOException broken) {
            throw Pictures.lost(broken);
        }
        String said = Reasons.of(chunk);
        reason = reason == null ? said : reason;
    }

    @Override
    public void document(JsonNode json) throws ProviderFailure {
        if (!json.isArray()) {
            event("", json);
            return;
        }
        for (JsonNode chunk : json) {
            ProviderFailure failure = errors.inside(chunk);
            if (failure != null) {
                throw failure;
            }
            event("", chunk);
        }
    }

    @Override
    public void marker() {
        // an end that says nothing: whether the picture came is what counts
    }

    @Override
    public boolean over() {
        return pictures.made() > before && reason != null;
    }

    @Override
    public ProviderFailure broken(IOException cut) {
        return Pictures.lost(cut);
    }

    @Override
    public ProviderFailure unanswered(IOException failure) {
        return Pictures.lost(failure);
    }
}
