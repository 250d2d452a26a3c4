package dev.millrace.accounts;

import dev.millrace.accounts.Watch.Standing;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Identity;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns {@code Authorization: Bearer …} into who is calling. */
final class Gate implements Identity {
    private static final String SCHEME = "Bearer ";

    private final Tokens tokens;
    private final Watch watch;

    Gate(Tokens tokens, Watch watch) {
        this.tokens = tokens;
        this.watch = watch;
    }

    @Override
    public @Nullable Caller identify(ServerRequest request) {
        if (!request.headers().contains(HeaderNames.AUTHORIZATION)) {
            return null;
        }
        List<String> sent = request.headers().get(HeaderNames.AUTHORIZATION).allValues();
        String header = sent.getFirst();
        if (sent.size() != 1 || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Problem.of(
                    ProblemType.INVALID_TOKEN, "Send one header Authorization: Bearer, followed by the access token.");
        }
        return admit(tokens.verify(header.substring(SCHEME.length())));
    }

    private Caller admit(Claims claims) {
        Standing standing = watch.standing(claims);
        if (standing.ended()) {
            throw Problem.of(ProblemType.INVALID_TOKEN, "This session has ended. Sign in again.");
        }
        if (standing.suspended()) {
            throw Accounts.suspended();
        }
        return Caller.ofSession(claims.account(), claims.session(), standing.role());
    }
}
