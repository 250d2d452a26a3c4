package dev.millrace.generation.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.Pictures;
import dev.millrace.generation.provider.wire.Reply;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.Streaming;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Pictures, one request each: the events of a stream do not say which of several pictures they are about.
 *
 * <p>OpenAI's own models stream, with previews; others answer with a document.
 */
final class OpenAiImages {
    private static final int PREVIEWS = 2;
    private static final int TRIES = 3;

    private final Endpoint endpoint;
    private final ResultFiles files;
    private final Patience patience;

    OpenAiImages(Endpoint endpoint, Patience patience) {
        this.endpoint = endpoint;
        this.files = new ResultFiles(endpoint, ResultFiles.Limits.USUAL);
        this.patience = patience;
    }

    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        Pictures pictures = Pictures.begin(call, sink);
        while (pictures.missing()) {
            var headers = endpoint.headers("text/event-stream, application/json");
            headers.put("X-Client-Request-Id", call.generation().toString());
            var ask = Ask.post(
                    endpoint.at("/images/generations"),
                    headers,
                    Json.bytes(body(call.request())),
                    patience.with(call.request()));
            try {
                Streaming.run(endpoint.client(), ask, call.cancellation(), reading(call, pictures));
            } catch (ProviderFailure failure) {
                throw pictures.after(failure);
            }
        }
        pictures.finish();
    }

    /** What reads the answer to the next request. */
    Streaming.Reading reading(ProviderCall call, Pictures pictures) {
        return new Picture(call, pictures);
    }

    private static Map<String, Object> body(Request request) {
        GenerationOptions options = request.options();
        var body = new LinkedHashMap<String, Object>();
        body.put("model", request.vendorModel());
        body.put("prompt", request.prompt());
        body.put("n", 1);
        body.put(
                "size",
                String.format(Locale.ROOT, "%dx%d", options.whole("width", 1024), options.whole("height", 1024)));
        if (request.vendorModel().startsWith("gpt-image")) {
            body.put("quality", "medium");
            body.put("stream", true);
            body.put("partial_images", PREVIEWS);
        } else {
            // OpenAI's newer models refuse this; the older ones, and those who imitate them, answer with an address
            // without it
            body.put("response_format", "b64_json");
            var seed = options.number("seed");
            if (seed != null) {
                body.put("seed", seed);
            }
        }
        return body;
    }

    /** The answer to one request. */
    private final class Picture implements Streaming.Reading, Reply.Listener {
        private final ProviderCall call;
        private final Pictures pictures;
        private final int before;

        Picture(ProviderCall call, Pictures pictures) {
            this.call = call;
            this.pictures = pictures;
            this.before = pictures.made();
        }

        @Override
        public void read(Answer answer) throws ProviderFailure {
            if (VendorErrors.gateway(answer.status())) {
                throw Pictures.lost(new WireFault("a gateway answered " + answer.status()));
            }
            new Reply(endpoint.errors(), SseLimits.PICTURES, this).read(answer);
            if (!over()) {
                throw Pictures.lost(new WireFault("the answer ended without a picture"));
            }
        }

        @Override
        public void event(String type, JsonNode data) throws ProviderFailure {
            String kind = data.path("type").asText(type);
            String picture = WireJson.text(data, "b64_json");
            if (picture == null) {
                return;
            }
            try {
                if (kind.endsWith(".partial_image")) {
                    pictures.preview(picture, (data.path("partial_image_index").asInt(0) + 1) / (PREVIEWS + 1.0));
                } else if (kind.endsWith(".completed")) {
                    pictures.take(picture);
                }
            } catch (IOException broken) {
                throw Pictures.lost(broken);
            }
        }

        @Override
        public void document(JsonNode json) throws ProviderFailure {
            try {
                for (JsonNode each : json.path("data")) {
                    String picture = WireJson.text(each, "b64_json");
                    String address = WireJson.text(each, "url");
                    if (picture != null) {
                        pictures.take(picture);
                    } else if (address != null) {
                        pictures.take(fetch(address));
                    }
                }
            } catch (IOException broken) {
                throw Pictures.lost(broken);
            }
            if (!over()) {
                throw new ProviderFailure(Kind.INVALID, "The provider made no picture of this prompt.");
            }
        }

        /** It is made and paid for, and not there for long. */
        private Artifact fetch(String address) throws IOException, ProviderFailure {
            String name = "image-" + (pictures.made() + 1);
            for (int i = 1; i < TRIES; i++) {
                try {
                    return files.fetch(call, address, name);
                } catch (IOException broken) {
                    call.cancellation().check();
                }
            }
            return files.fetch(call, address, name);
        }

        @Override
        public void marker() {
            // an end that says nothing: whether the picture came is what counts
        }

        @Override
        public boolean over() {
            return pictures.made() > before;
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
}
