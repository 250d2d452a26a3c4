package dev.millrace.platform.http;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.webserver.http.ServerRequest;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, as the request's token says.
 *
 * @param session the session the token belongs to, absent for an API key
 * @param key the API key that was sent, absent for a session
 */
public record Caller(
        UUID account, @Nullable UUID session, @Nullable Key key, Role role, Set<Scope> scopes) {
    public Caller {
        scopes = Set.copyOf(scopes);
    }

    /** A signed-in person, who may do everything the role allows. */
    public static Caller ofSession(UUID account, UUID session, Role role) {
        return new Caller(account, session, null, role, EnumSet.allOf(Scope.class));
    }

    /** A program with a key, which may do what the key was made for. */
    public static Caller ofKey(UUID account, Key key, Role role, Set<Scope> scopes) {
        return new Caller(account, null, key, role, scopes);
    }

    /** The id of the API key that was sent. */
    public @Nullable UUID apiKey() {
        return key == null ? null : key.id();
    }

    /** Who is asking; on a route that is not {@link Access#OPEN} there is always somebody. */
    public static Caller required(ServerRequest request) {
        Caller caller = of(request);
        if (caller == null) {
            throw Problem.of(ProblemType.UNAUTHENTICATED, "Sign in, or send an API key, to do this.");
        }
        return caller;
    }

    /** Who is asking, or nobody on an {@link Access#OPEN} route. */
    public static @Nullable Caller of(ServerRequest request) {
        return Exchange.of(request).caller();
    }

    /**
     * An API key.
     *
     * @param perMinute how often it may begin something in any minute, besides what its account may; null for no such window
     * @param perDay in any 24 hours, likewise
     */
    public record Key(
            UUID id, @Nullable Long perMinute, @Nullable Long perDay) {}
}
