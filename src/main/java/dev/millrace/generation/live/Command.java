package dev.millrace.generation.live;

import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a client says on a socket: {@code {"subscribe": …, "after": …}} or {@code {"unsubscribe": …}}. */
record Command(
        @Nullable @Size(max = 64) String subscribe,
        @Nullable @Size(max = 256) String after,
        @Nullable @Size(max = 64) String unsubscribe) {

    /** Reads a message; throws INVALID_REQUEST when it is no command. */
    static Command parse(String message) {
        Command command = Bodies.parse(message.getBytes(StandardCharsets.UTF_8), Command.class);
        if ((command.subscribe == null) == (command.unsubscribe == null)
                || (command.after != null && command.subscribe == null)) {
            throw Problem.of(
                    ProblemType.INVALID_REQUEST,
                    "Send {\"subscribe\": \"<generation or account>\", \"after\": \"<id>\"} or {\"unsubscribe\": \"…\"}.");
        }
        return command;
    }
}
