package dev.millrace.media;

import dev.millrace.media.delivery.FileRoutes;
import dev.millrace.media.store.AssetRow;
import dev.millrace.media.store.Assets;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Page;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /v1/assets}, {@code /v1/jobs}, and the files. */
final class AssetRoutes implements Routes {
    private static final String LIST = "assets";

    private final Media media;
    private final FileRoutes files;
    private final Cursors cursors;

    AssetRoutes(Media media, FileRoutes files, Cursors cursors) {
        this.media = media;
        this.files = files;
        this.cursors = cursors;
    }

    @Override
    public List<Route> routes() {
        var all = new ArrayList<Route>();
        all.add(Route.get("/v1/assets", Access.CALLER, this::list));
        all.add(Route.get("/v1/assets/{id}", Access.CALLER, this::show));
        all.add(Route.get("/v1/assets/{id}/content", Access.CALLER, this::content));
        all.add(Route.delete("/v1/assets/{id}", Access.CALLER, this::delete).scope(Scope.MEDIA));
        all.add(Route.get("/v1/jobs/{id}", Access.CALLER, this::job));
        all.addAll(files.routes());
        return List.copyOf(all);
    }

    private void list(ServerRequest request, ServerResponse response) {
        int limit = Params.limit(request);
        UUID after = cursors.of(request, LIST);
        var filter = new Assets.Filter(
                choice(request, "kind", MediaKind.class),
                choice(request, "status", AssetStatus.class),
                Params.queryId(request, "generation"));
        List<Asset> found = media.db().read(tx -> media.assets().page(tx, account(request), filter, after, limit + 1));
        Answers.json(response, 200, Page.of(found, limit, last -> cursors.after(LIST, last.id())));
    }

    private void show(ServerRequest request, ServerResponse response) {
        UUID id = Params.id(request, "id");
        Answers.json(response, 200, media.db().read(tx -> media.find(tx, account(request), id)));
    }

    private void content(ServerRequest request, ServerResponse response) throws IOException {
        UUID id = Params.id(request, "id");
        FileRoutes.send(request, response, media.shown(account(request), id, null));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        UUID id = Params.id(request, "id");
        media.db().run(tx -> {
            AssetRow row = media.assets().shownTo(tx, account(request), id);
            if (row.processing() && row.generation() != null) {
                throw Problem.of(
                        ProblemType.CONFLICT,
                        "The asset is still being made. Cancel its generation, or wait for its end.");
            }
            media.delete(tx, id);
        });
        Answers.noContent(response);
    }

    private void job(ServerRequest request, ServerResponse response) {
        UUID id = Params.id(request, "id");
        Answers.json(response, 200, media.db().read(tx -> media.jobs().find(tx, account(request), id)));
    }

    private static UUID account(ServerRequest request) {
        return Caller.required(request).account();
    }

    /** A query parameter that names one of a few things; null when it is not given. */
    private static <E extends Enum<E>> @Nullable E choice(ServerRequest request, String name, Class<E> type) {
        String text = Params.query(request, name);
        if (text == null) {
            return null;
        }
        for (E one : type.getEnumConstants()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(text)) {
                return one;
            }
        }
        String all = String.join(", ", names(type));
        throw Params.refusal(name, "out_of_range", "must be one of " + all);
    }

    private static <E extends Enum<E>> List<String> names(Class<E> type) {
        return List.of(type.getEnumConstants()).stream()
                .map(one -> one.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
