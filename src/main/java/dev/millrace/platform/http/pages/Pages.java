package dev.millrace.platform.http.pages;

import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything a browser is given, and the client's page for every address that is nothing else. */
public final class Pages implements Routes {
    private static final HeaderName CSP = HeaderNames.create("Content-Security-Policy");
    private static final String INDEX = "index.html";

    private final Shelf web;
    private final WebJars libraries = new WebJars();
    private final ProblemPages problems = new ProblemPages();
    private final Shelf texts = new Shelf("/META-INF/licenses/");
    private final Asset licences = licences();
    private final String policy;

    private Pages(Shelf web, String policy) {
        this.web = web;
        this.policy = policy;
    }

    /** Reads the client's page for its import map, whose hash goes into the policy. */
    public static Pages open(HttpConfig config) {
        var web = new Shelf("/web/");
        Asset index = web.find(INDEX);
        if (index == null) {
            throw new IllegalStateException("the web client is not on the class path");
        }
        return new Pages(web, PagePolicy.of(new String(index.bytes(), StandardCharsets.UTF_8), config.secure()));
    }

    @Override
    public List<Route> routes() {
        return Stream.of(
                        Route.get("/", Access.OPEN, this::client),
                        Route.get("/{+path}", Access.OPEN, this::file),
                        Route.get("/webjars/{artifact}/{+path}", Access.OPEN, this::library),
                        Route.get("/openapi.yaml", Access.OPEN, this::openapi),
                        Route.get("/docs", Access.OPEN, this::docs),
                        Route.get("/docs/{+path}", Access.OPEN, this::doc),
                        Route.get("/problems", Access.OPEN, this::allProblems),
                        Route.get("/problems/{+code}", Access.OPEN, this::problem),
                        Route.get("/licenses", Access.OPEN, this::licences),
                        Route.get("/licenses/{text}", Access.OPEN, this::licence))
                .map(page -> page.toll(Toll.FREE))
                .toList();
    }

    private void client(ServerRequest request, ServerResponse response) {
        page(web.find(INDEX), request, response);
    }

    /** The file, or the client's page; only what looks like a file and is none is not found. */
    private void file(ServerRequest request, ServerResponse response) {
        String path = Params.text(request, "path");
        Asset asset = web.find(path);
        page(asset == null && FileType.of(path) == null ? web.find(INDEX) : asset, request, response);
    }

    private void library(ServerRequest request, ServerResponse response) {
        page(libraries.find(Params.text(request, "artifact"), Params.text(request, "path")), request, response);
    }

    private void openapi(ServerRequest request, ServerResponse response) {
        page(web.find("docs/openapi.yaml"), request, response);
    }

    private void docs(ServerRequest request, ServerResponse response) {
        page(web.find("docs/" + INDEX), request, response);
    }

    /** A page of the documentation is named without its ending, a file of it with. */
    private void doc(ServerRequest request, ServerResponse response) {
        String named = Params.text(request, "path");
        if (named.isEmpty()) {
            docs(request, response);
            return;
        }
        String path = "docs/" + named;
        page(web.find(FileType.of(path) == null ? path + ".html" : path), request, response);
    }

    private void allProblems(ServerRequest request, ServerResponse response) {
        page(problems.all(), request, response);
    }

    private void problem(ServerRequest request, ServerResponse response) {
        String code = Params.text(request, "code");
        page(code.isEmpty() ? problems.all() : problems.find(code), request, response);
    }

    private void licences(ServerRequest request, ServerResponse response) {
        page(licences, request, response);
    }

    private void licence(ServerRequest request, ServerResponse response) {
        page(texts.find(Params.text(request, "text")), request, response);
    }

    private void page(@Nullable Asset asset, ServerRequest request, ServerResponse response) {
        if (asset == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is nothing at this address.");
        }
        response.header(CSP, policy);
        asset.send(request, response);
    }

    /** What the notice calls by its place in the jar is a link to it. */
    private static Asset licences() {
        String notice = Html.escape(texts("META-INF/NOTICE"))
                .replaceAll("META-INF/licenses/([A-Za-z0-9.-]+\\.txt)", "<a href=\"/licenses/$1\">$0</a>");
        return Html.page(
                "Licences",
                "<pre>" + notice + "</pre>\n<h2>Libraries</h2>\n<pre>" + Html.escape(texts("META-INF/THIRD-PARTY.txt"))
                        + "</pre>");
    }

    /** All texts of that name: in the one jar they were joined into one, on a class path every library has its own. */
    private static String texts(String resource) {
        var all = new StringBuilder();
        try {
            for (URL place : Collections.list(Pages.class.getClassLoader().getResources(resource))) {
                try (InputStream in = place.openStream()) {
                    all.append(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                            .append('\n');
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("reading " + resource, failure);
        }
        return all.toString();
    }
}
