package dev.millrace.platform.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.http.input.Paths;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private static final RouteTable TABLE = RouteTable.of(List.of(() -> List.of(
            route("GET", "/"),
            route("GET", "/{+path}"),
            route("GET", "/v1/sessions"),
            route("DELETE", "/v1/sessions/current"),
            route("DELETE", "/v1/sessions/{id}"),
            route("GET", "/v1/things/{thing}/parts/{part}"),
            route("GET", "/v1/{kind}/all"),
            route("POST", "/v1/things/{thing}/parts"),
            route("GET", "/webjars/{artifact}/{+path}"))));

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            GET    | /                        | /
            GET    | /gallery                 | /{+path}
            GET    | /gallery/one             | /{+path}
            GET    | /v1/sessions             | /v1/sessions
            DELETE | /v1/sessions/current     | /v1/sessions/current
            DELETE | /v1/sessions/7           | /v1/sessions/{id}
            HEAD   | /v1/sessions             | /v1/sessions
            POST   | /v1/sessions             | -
            GET    | /v1/things/a/parts/b     | /v1/things/{thing}/parts/{part}
            GET    | /v1/things/all           | /v1/{kind}/all
            GET    | /v1/things/a/parts       | -
            GET    | /v1/nothing              | -
            GET    | /v1                      | -
            GET    | /v1/sessions/            | -
            GET    | /v1/sessions/7/8         | -
            GET    | /webjars/lit/a/b.js      | /webjars/{artifact}/{+path}
            GET    | /webjars/lit             | -
            GET    | /openai/v1/models        | -
            """)
    void findsTheRouteOfAPath(String method, String path, @Nullable String expected) {
        RouteTable.Place place = TABLE.find(Paths.segments(path));
        RouteTable.Match match = place == null ? null : place.route(method);

        assertThat(match == null ? null : match.route().path()).isEqualTo(expected);
    }

    @Test
    void knowsTheParameters() {
        var place = requireNonNull(TABLE.find(Paths.segments("/v1/things/a%20b/parts/c")));
        var match = requireNonNull(place.route("GET"));

        assertThat(match.parameter("thing")).isEqualTo("a b");
        assertThat(match.parameter("part")).isEqualTo("c");
        assertThat(match.parameter("other")).isNull();
    }

    @Test
    void namesTheMethodsThatAreThere() {
        var place = requireNonNull(TABLE.find(Paths.segments("/v1/sessions/current")));

        assertThat(place.allow()).isEqualTo("DELETE, OPTIONS");
    }

    @Test
    void refusesTwoRoutesForOneCall() {
        assertThatThrownBy(() -> RouteTable.of(
                        List.of(() -> List.of(route("GET", "/v1/a/{x}")), () -> List.of(route("GET", "/v1/a/{y}")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two routes");
    }

    private static Route route(String method, String path) {
        return Route.of(method, path, Access.OPEN, (request, response) -> {});
    }
}
