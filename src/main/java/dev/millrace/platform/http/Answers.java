package dev.millrace.platform.http;

import dev.millrace.platform.json.Json;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;

/** Plain answers: private to the caller and not to be kept by anything in between. */
public final class Answers {
    private static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");

    private Answers() {}

    public static void json(ServerResponse response, int status, Object body) {
        response.status(status).header(JSON).send(Json.bytes(body));
    }

    /** 201 with the address of what was made. */
    public static void created(ServerResponse response, String location, Object body) {
        response.header(HeaderNames.LOCATION, location);
        json(response, 201, body);
    }

    /** 202 with the address at which to watch what was begun. */
    public static void accepted(ServerResponse response, String location, Object body) {
        response.header(HeaderNames.LOCATION, location);
        json(response, 202, body);
    }

    public static void noContent(ServerResponse response) {
        response.status(Status.NO_CONTENT_204).send();
    }
}
