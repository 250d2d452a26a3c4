package dev.millrace.platform.http.pages;

import dev.millrace.platform.problem.ProblemType;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What each problem means and what to do about it: the pages that the {@code type} of a problem leads to. */
final class ProblemPages {
    private final Map<String, Asset> pages = new TreeMap<>();
    private final Asset all = index();

    ProblemPages() {
        for (ProblemType type : ProblemType.values()) {
            pages.put(type.code(), page(type));
        }
    }

    @Nullable
    Asset find(String code) {
        return pages.get(code);
    }

    /** The list of them. */
    Asset all() {
        return all;
    }

    private static Asset index() {
        var rows = new StringBuilder();
        for (ProblemType type : ProblemType.values()) {
            rows.append("<tr><td>%d</td><td><a href=\"/problems/%s\"><code>%s</code></a></td><td>%s</td></tr>\n"
                    .formatted(type.status(), type.code(), type.code(), Html.escape(type.title())));
        }
        return Html.page("Problems", """
                          <p>Each refusal carries one of these codes; its page says what it means and what to do.</p>
                          <div class="table"><table>
                            <thead><tr><th>Status</th><th>Code</th><th>Title</th></tr></thead>
                            <tbody>
                          %s</tbody></table></div>""".formatted(rows));
    }

    private static Asset page(ProblemType type) {
        return Html.page(type.title(), """
                          <p><code>%s</code>, HTTP status %d</p>
                          <p>%s</p>
                          <p>Every answer carries an <code>X-Request-Id</code>; quote it when you ask for help.</p>""".formatted(type.code(), type.status(), Html.escape(advice(type))));
    }

    private static String advice(ProblemType type) {
        return switch (type) {
            case INVALID_REQUEST ->
                "The request is not as the documentation says. Its member errors names each fault with a JSON Pointer and a finer "
                        + "code: unknown_field, invalid_text, duplicate_key, wrong_type, out_of_range or required. Sending the "
                        + "same again gives the same answer.";
            case UNAUTHENTICATED ->
                "The call needs a signed-in caller: send Authorization: Bearer with an access token or an API key.";
            case INVALID_TOKEN ->
                "The token is not one of ours, was altered, or its session has ended. Get a new one with the refresh token, "
                        + "or sign in again.";
            case TOKEN_EXPIRED -> "Access tokens live for 15 minutes. Get a new one with the refresh token.";
            case REFRESH_REUSED ->
                "A refresh token was used after its successor: somebody has a copy. The whole session was ended; sign in again.";
            case INVALID_CREDENTIALS -> "There is no account with this e-mail and password.";
            case INSUFFICIENT_CREDITS ->
                "The credits at hand do not cover what the call can cost at most. The members reason, missing and remedy say "
                        + "why, how much, and what helps. Nothing was begun and nothing charged.";
            case FORBIDDEN ->
                "You are known, but this is not yours to do: the role, the API key's scopes or the address forbid it.";
            case NOT_FOUND -> "There is nothing at this address, or it belongs to somebody else.";
            case METHOD_NOT_ALLOWED -> "The address exists, the method does not. The header Allow lists those that do.";
            case REQUEST_TIMEOUT ->
                "The request came too slowly: its head must be complete within 10 seconds, a body must keep up 1 KiB a second.";
            case CONFLICT -> "The thing is in a state that does not allow this now. Read it again and decide.";
            case GONE -> "It was here and will not come back.";
            case LENGTH_REQUIRED -> "Bodies need a Content-Length. Chunked transfer coding is not taken.";
            case PRECONDITION_FAILED -> "The condition the request carries does not hold.";
            case PAYLOAD_TOO_LARGE -> "The body is longer than this call takes. Nothing of it was kept.";
            case URI_TOO_LONG -> "The first line of a request may have 4 KiB.";
            case UNSUPPORTED_MEDIA_TYPE ->
                "The call does not take this kind of content. JSON is sent as application/json in UTF-8.";
            case RANGE_NOT_SATISFIABLE -> "The range lies outside the content. Content-Range tells its length.";
            case EXPECTATION_FAILED -> "Only Expect: 100-continue is understood.";
            case UNPROCESSABLE_MEDIA -> "The file was read and is not media that can be worked with.";
            case IDEMPOTENCY_MISMATCH ->
                "The Idempotency-Key was used before with another request. Use a new key for a new request.";
            case QUOTE_MISMATCH ->
                "The quote is expired, or was made for another account or another request. Ask for a new estimate.";
            case RATE_LIMITED ->
                "Too many calls in the window that RateLimit-Policy names. Wait as long as Retry-After says.";
            case HEADERS_TOO_LARGE -> "The head of a request may have 100 fields and 16 KiB.";
            case INTERNAL ->
                "A defect of ours. Nothing was charged for what did not come about. It was logged with the request id.";
            case PROVIDER_FAILED ->
                "The provider behind the model failed, and so did what was tried instead. What was held is released.";
            case UNAVAILABLE -> "Something this call needs is away for the moment. Try again after Retry-After.";
            case PROVIDER_TIMEOUT -> "The provider behind the model did not answer in time. What was held is released.";
            case STORAGE_FULL -> "There is no room left: delete assets, or change the plan.";
        };
    }
}
