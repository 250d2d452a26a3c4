package dev.millrace.platform.problem;

import java.util.Locale;

/** Everything a client can be refused with. The code is the name in lower case; {@code /problems/<code>} explains each. */
public enum ProblemType {
    INVALID_REQUEST(400, "Invalid request"),
    UNAUTHENTICATED(401, "Sign in first"),
    INVALID_TOKEN(401, "The token is not valid"),
    TOKEN_EXPIRED(401, "The token has expired"),
    REFRESH_REUSED(401, "The refresh token was used before"),
    INVALID_CREDENTIALS(401, "E-mail or password is wrong"),
    INSUFFICIENT_CREDITS(402, "Not enough credits"),
    FORBIDDEN(403, "Not allowed"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    REQUEST_TIMEOUT(408, "The request took too long to arrive"),
    CONFLICT(409, "Conflict with the present state"),
    GONE(410, "Gone"),
    LENGTH_REQUIRED(411, "Content-Length required"),
    PRECONDITION_FAILED(412, "Precondition failed"),
    PAYLOAD_TOO_LARGE(413, "Payload too large"),
    URI_TOO_LONG(414, "URI too long"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    RANGE_NOT_SATISFIABLE(416, "Range not satisfiable"),
    EXPECTATION_FAILED(417, "Expectation failed"),
    UNPROCESSABLE_MEDIA(422, "The media cannot be processed"),
    IDEMPOTENCY_MISMATCH(422, "The idempotency key was used for another request"),
    QUOTE_MISMATCH(422, "The quote is for another request"),
    RATE_LIMITED(429, "Too many requests"),
    HEADERS_TOO_LARGE(431, "Request headers too large"),
    INTERNAL(500, "Internal error"),
    PROVIDER_FAILED(502, "The provider failed"),
    UNAVAILABLE(503, "Unavailable at the moment"),
    PROVIDER_TIMEOUT(504, "The provider did not answer in time"),
    STORAGE_FULL(507, "Storage is full");

    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
