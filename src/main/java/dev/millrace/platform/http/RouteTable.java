package dev.millrace.platform.http;

import java.util.List;

/** All routes, found by path and method. */
final class RouteTable {
    private final List<Route> routes;

    private RouteTable(List<Route> routes) {
        this.routes = routes;
    }

    static RouteTable of(List<Routes> rooms) {
        return new RouteTable(
                rooms.stream().flatMap(room -> room.routes().stream()).toList());
    }

    List<Route> routes() {
        return routes;
    }
}
