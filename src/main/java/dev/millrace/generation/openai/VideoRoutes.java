package dev.millrace.generation.openai;

import dev.millrace.generation.Begun;
import dev.millrace.generation.Generations.Outcome;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.store.Generation;
import dev.millrace.generation.store.Status;
import dev.millrace.media.Fault;
import dev.millrace.media.delivery.FileRoutes;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.IdempotencyHeaders;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /videos}: a video is a job, asked for until it is done. */
final class VideoRoutes implements Routes {
    private static final String CREATE = "/openai/v1/videos";
    private static final String ONE = CREATE + "/{id}";
    private static final Body FORM = Body.RAW.upTo(16L * 1024 * 1024);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Counter counter;
    private final Results results;
    private final References references;

    VideoRoutes(Counter counter, Results results, References references) {
        this.counter = counter;
        this.results = results;
        this.references = references;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(CREATE, Access.CALLER, this::create)
                        .scope(Scope.GENERATE)
                        .toll(Toll.COUNTED)
                        .body(FORM),
                Route.get(ONE, Access.CALLER, this::find),
                Route.get(ONE + "/content", Access.CALLER, this::content),
                Route.delete(ONE, Access.CALLER, this::delete).scope(Scope.GENERATE));
    }

    private void create(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        Begun begun = counter.gate().admit(request, response, spender -> {
            VideoCall call = VideoCall.of(
                    request.headers().first(HeaderNames.CONTENT_TYPE).orElse(null), Bodies.bytes(request));
            var key = IdempotencyHeaders.key(request, call.fingerprint());
            return call.asking().begin(() -> references.begin(spender, call, key));
        });
        response.header(ModelRoutes.GENERATION, begun.generation().toString());
        Answers.json(response, 200, told(video(account, begun.generation())));
    }

    private void find(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, told(video(request)));
    }

    private void content(ServerRequest request, ServerResponse response) throws IOException {
        String variant = Params.query(request, "variant");
        String rendition = switch (variant) {
            case null -> null;
            case "video" -> null;
            case "thumbnail" -> "poster";
            case "spritesheet" -> "storyboard";
            default -> throw Params.refusal("variant", "out_of_range", "must be video, thumbnail or spritesheet");
        };
        Generation video = video(request).generation();
        if (!video.status().terminal()) {
            throw Problem.of(ProblemType.CONFLICT, "The video is not made yet.").retryAfter(LOOK_AGAIN);
        }
        if (video.status() != Status.COMPLETED) {
            throw Problem.of(ProblemType.CONFLICT, "The video was not made, so it has no content.");
        }
        UUID account = Caller.required(request).account();
        Results.Made made = results.made(account, video.assets()).getFirst();
        FileRoutes.send(request, response, results.shown(account, made.asset().id(), rendition));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        UUID id = video(request).generation().id();
        counter.generations().delete(Caller.required(request).account(), id);
        Answers.json(response, 200, Map.of("id", id, "object", "video.deleted", "deleted", true));
    }

    private Outcome video(ServerRequest request) {
        return video(Caller.required(request).account(), Params.id(request, "id"));
    }

    private Outcome video(UUID account, UUID id) {
        Outcome outcome = counter.generations().outcome(account, id);
        if (outcome.generation().kind() != GenerationKind.VIDEO) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no video with this id.");
        }
        return outcome;
    }

    private static Map<String, @Nullable Object> told(Outcome outcome) {
        Generation video = outcome.generation();
        long width = outcome.options().whole("width", 0);
        var told = new LinkedHashMap<String, @Nullable Object>();
        told.put("id", video.id());
        told.put("object", "video");
        told.put("model", video.model());
        told.put("status", status(video.status()));
        told.put("progress", video.percent().setScale(0, RoundingMode.FLOOR));
        told.put("created_at", video.createdAt().getEpochSecond());
        told.put("completed_at", seconds(video.finishedAt()));
        told.put("expires_at", null);
        told.put("prompt", video.prompt());
        told.put("seconds", String.valueOf(outcome.options().whole("seconds", 0)));
        told.put("size", width + "x" + outcome.options().whole("height", 0));
        told.put("remixed_from_video_id", null);
        told.put("error", error(video));
        return told;
    }

    private static String status(Status status) {
        return switch (status) {
            case QUEUED -> "queued";
            case RUNNING, PROCESSING -> "in_progress";
            case COMPLETED -> "completed";
            case FAILED, CANCELED -> "failed";
        };
    }

    private static @Nullable Map<String, String> error(Generation video) {
        Fault fault = video.error();
        if (video.status() == Status.CANCELED) {
            return Map.of("code", "canceled", "message", "The video was canceled.");
        }
        return fault == null ? null : Map.of("code", fault.code(), "message", fault.detail());
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }
}
