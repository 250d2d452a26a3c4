package dev.millrace.platform.http;

/**
 * One entry of the table that decides what may be called, by whom and with what.
 *
 * <p>A path is made of literal segments, {@code {name}} for exactly one segment, and at its end {@code {+name}} for the rest. A
 * {@code GET} route answers {@code HEAD} too. Parameters are read with {@code Params} and are never empty.
 */
public record Route(String method, String path, Access access, Body body, Scope scope, Toll toll, Handler handler) {
    public static Route get(String path, Access access, Handler handler) {
        return new Route("GET", path, access, Body.NONE, Scope.READ, Toll.GUARDED, handler);
    }

    /** Takes JSON, unless {@link #body} says otherwise. */
    public static Route post(String path, Access access, Handler handler) {
        return new Route("POST", path, access, Body.JSON, Scope.ACCOUNT, Toll.GUARDED, handler);
    }

    /** Takes JSON, unless {@link #body} says otherwise. */
    public static Route put(String path, Access access, Handler handler) {
        return new Route("PUT", path, access, Body.JSON, Scope.ACCOUNT, Toll.GUARDED, handler);
    }

    /** Takes JSON, unless {@link #body} says otherwise. */
    public static Route patch(String path, Access access, Handler handler) {
        return new Route("PATCH", path, access, Body.JSON, Scope.ACCOUNT, Toll.GUARDED, handler);
    }

    /** Takes no body, unless {@link #body} says otherwise. */
    public static Route delete(String path, Access access, Handler handler) {
        return new Route("DELETE", path, access, Body.NONE, Scope.ACCOUNT, Toll.GUARDED, handler);
    }

    /** Any other method, such as {@code HEAD} where it differs from {@code GET}. */
    public static Route of(String method, String path, Access access, Handler handler) {
        return new Route(method, path, access, Body.NONE, Scope.READ, Toll.GUARDED, handler);
    }

    /** The same with the scope an API key needs. */
    public Route scope(Scope needed) {
        return new Route(method, path, access, body, needed, toll, handler);
    }

    /** The same with another body. */
    public Route body(Body taken) {
        return new Route(method, path, access, taken, scope, toll, handler);
    }

    /** The same, counted against something else. */
    public Route toll(Toll paid) {
        return new Route(method, path, access, body, scope, paid, handler);
    }
}
