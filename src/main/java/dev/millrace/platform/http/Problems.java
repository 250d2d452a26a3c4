package dev.millrace.platform.http;

import dev.millrace.platform.Ids;
import dev.millrace.platform.http.headers.SecurityHeaders;
import dev.millrace.platform.http.wire.Line;
import dev.millrace.platform.http.wire.Refusals;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.Problem.FieldError;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.DirectHandler.TransportRequest;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes an answer: RFC 9457 problem+json, with the headers every answer has. */
final class Problems implements Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final Header TYPE =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/problem+json; charset=utf-8");
    private static final HeaderName RETRY_AFTER = HeaderNames.RETRY_AFTER;

    /** What a handler may have said of an answer that did not come. */
    private static final List<HeaderName> OF_THE_OTHER_ANSWER = List.of(
            HeaderNames.CONTENT_LENGTH,
            HeaderNames.CONTENT_ENCODING,
            HeaderNames.CONTENT_DISPOSITION,
            HeaderNames.TRANSFER_ENCODING,
            HeaderNames.ETAG,
            HeaderNames.LAST_MODIFIED,
            HeaderNames.CACHE_CONTROL,
            SecurityHeaders.CSP);

    private static final Set<ProblemType> TOKEN =
            EnumSet.of(ProblemType.INVALID_TOKEN, ProblemType.TOKEN_EXPIRED, ProblemType.REFRESH_REUSED);

    private final Desk desk;

    Problems(Desk desk) {
        this.desk = desk;
    }

    /** Answers with what went wrong. False when an answer was already on its way: then only closing tells the client. */
    boolean answer(Exchange exchange, Throwable failure) {
        Problem problem = problem(exchange, failure);
        exchange.refused(problem.type());
        ServerResponse response = exchange.response();
        if (!((RoutingResponse) response).resetStream()) {
            return false;
        }
        if (problem.type() == ProblemType.INTERNAL) {
            // whatever the handler said, one of it may be what cannot be sent
            response.headers().clear();
        }
        OF_THE_OTHER_ANSWER.forEach(response.headers()::remove);
        response.status(status(problem.type()));
        response.send(said(problem, exchange.path(), exchange.id(), response.headers()));
        return true;
    }

    /** Refusals from below the routes: same words, same headers. */
    @Override
    public TransportResponse refuse(Line line, int status, TransportRequest request) {
        Problem problem = below(status);
        String id = Ids.next().toString();
        String path = request.path();
        if (status == 408 && line.attached() instanceof Exchange exchange) {
            // the body did not come: the exchange itself is logged when its handler learns of it
            exchange.refused(problem.type());
            id = exchange.id();
            path = exchange.path();
        } else {
            AccessLog.refused(line, id, request, problem.type());
        }
        var headers = ServerResponseHeaders.create();
        byte[] entity = said(problem, path, id, headers);
        desk.security().dress(path, headers);
        desk.cors().dress(request.headers(), headers);
        headers.set(Exchange.REQUEST_ID, id);
        return TransportResponse.builder()
                .status(status(problem.type()))
                .headers(headers)
                .keepAlive(false)
                .entity(entity)
                .build();
    }

    /** With the phrase of RFC 9110 and 6585; the one that Helidon does not know would go out as its number said twice. */
    private static Status status(ProblemType type) {
        return type == ProblemType.HEADERS_TOO_LARGE
                ? Status.create(type.status(), "Request Header Fields Too Large")
                : Status.create(type.status());
    }

    private static Problem problem(Exchange exchange, Throwable failure) {
        if (failure instanceof Problem problem) {
            return problem;
        }
        if (failure instanceof HttpException http && http.status().code() < 500) {
            return below(http.status().code());
        }
        if (failure instanceof InterruptedException) {
            return Problem.of(ProblemType.UNAVAILABLE, "The server is being stopped.");
        }
        LOG.error("a defect answered request {} {} {}", exchange.id(), exchange.method(), exchange.path(), failure);
        return below(500);
    }

    private static Problem below(int status) {
        return switch (status) {
            case 408 -> Problem.of(ProblemType.REQUEST_TIMEOUT, "The request did not arrive in time.");
            case 411 -> Problem.of(ProblemType.LENGTH_REQUIRED, "A body needs a Content-Length.");
            case 413 ->
                Problem.of(ProblemType.PAYLOAD_TOO_LARGE, "The body is longer than anything that is taken here.");
            case 414 -> Problem.of(ProblemType.URI_TOO_LONG, "The address is longer than 4 KiB.");
            case 431 ->
                Problem.of(
                        ProblemType.HEADERS_TOO_LARGE, "The header has more than 100 fields or is longer than 16 KiB.");
            case 503 ->
                Problem.of(ProblemType.UNAVAILABLE, "Too many requests are being answered at once.")
                        .retryAfter(Duration.ofSeconds(1));
            case 500 -> Problem.of(ProblemType.INTERNAL, "Something broke here. The request id helps us find it.");
            default -> Problem.of(ProblemType.INVALID_REQUEST, "The request is not well-formed HTTP/1.1.");
        };
    }

    private static void extra(Problem problem, ServerResponseHeaders headers) {
        Duration delay = problem.retryAfter();
        if (delay == null && problem.type() == ProblemType.UNAVAILABLE) {
            delay = Duration.ofSeconds(1);
        }
        if (delay != null) {
            long seconds = delay.plusNanos(999_999_999).toSeconds();
            headers.set(RETRY_AFTER, String.valueOf(Math.max(1, seconds)));
        }
        if (problem.type().status() == 401) {
            headers.set(
                    HeaderNames.WWW_AUTHENTICATE,
                    TOKEN.contains(problem.type()) ? "Bearer error=\"invalid_token\"" : "Bearer");
        }
        if (problem.members().get(Judge.ALLOW) instanceof String allow) {
            headers.set(HeaderNames.ALLOW, allow);
        }
    }

    /** Sets the headers and answers the body, in the words of whoever lives at this address. */
    private byte[] said(Problem problem, String path, String requestId, ServerResponseHeaders headers) {
        extra(problem, headers);
        Face face = desk.table().face(path);
        if (face == null) {
            headers.set(TYPE);
            return body(problem, path, requestId);
        }
        Face.Words words = face.words(problem);
        headers.set(HeaderNames.CONTENT_TYPE, words.contentType());
        words.headers().forEach((name, value) -> headers.set(HeaderNames.create(name), value));
        return Json.bytes(words.body());
    }

    private static byte[] body(Problem problem, String path, String requestId) {
        ProblemType type = problem.type();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "/problems/" + type.code());
        body.put("title", type.title());
        body.put("status", type.status());
        body.put("detail", problem.detail());
        body.put("instance", path);
        body.put("code", type.code());
        body.put("request_id", requestId);
        List<FieldError> errors = problem.errors();
        if (!errors.isEmpty()) {
            body.put("errors", errors);
        }
        problem.members().forEach(body::putIfAbsent);
        return Json.bytes(body);
    }
}
