package dev.millrace.webhooks;

import dev.millrace.platform.WebhookSignature;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Deadlines;
import dev.millrace.platform.outbound.NotSent;
import dev.millrace.platform.outbound.RefusedAddress;
import dev.millrace.platform.outbound.TimedOut;
import dev.millrace.platform.outbound.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends one message to one endpoint, once. */
final class Sender {
    static final Duration LIMIT = Duration.ofSeconds(20);

    /** More of an answer is not read, however it was packed. */
    private static final int LONGEST_ANSWER = 64 * 1024;

    private static final int KEPT = 1024;

    private final WebClient client;
    private final InstantSource clock;

    Sender(WebClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Sends it and waits for the answer, twenty seconds at most. The status decides: of the body only the beginning is read, and how it
     * ends is nobody's concern.
     *
     * @param stop hears how to cut the call short
     */
    Result send(Endpoints.Target target, UUID message, byte[] payload, Consumer<Runnable> stop) {
        long began = System.nanoTime();
        try (Answer answer = client.send(ask(target, message.toString(), payload), stop)) {
            int status = answer.status();
            Duration asked = good(status) ? null : Schedule.asked(answer.header("Retry-After"), clock.instant());
            return new Result(status, error(status), beginning(answer), since(began), asked);
        } catch (IOException failure) {
            return new Result(null, error(failure), "", since(began), null);
        }
    }

    private Ask ask(Endpoints.Target target, String message, byte[] payload) {
        Instant now = clock.instant();
        var headers = Map.of(
                "webhook-id",
                message,
                "webhook-timestamp",
                String.valueOf(now.getEpochSecond()),
                "webhook-signature",
                WebhookSignature.of(target.secrets(), message, now, payload),
                "Content-Type",
                "application/json",
                "User-Agent",
                "Millrace-Webhooks/1",
                // one message, one connection: a kept one that died meanwhile would look like a failure of theirs
                "Connection",
                "close");
        return Ask.post(target.url(), headers, payload, Deadlines.brief(LIMIT));
    }

    private static boolean good(int status) {
        return status >= 200 && status < 300;
    }

    private static @Nullable String error(int status) {
        if (good(status)) {
            return null;
        }
        if (status == Result.GONE) {
            return "gone";
        }
        return status >= 300 && status < 400 ? "redirected" : "refused";
    }

    private static String error(IOException failure) {
        Throwable cause = failure instanceof NotSent && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case RefusedAddress inside -> "blocked_address";
            case UnknownHostException unknown -> "unknown_host";
            case TimedOut late -> "timed_out";
            case SSLException untrusted -> "tls_failed";
            default -> failure instanceof NotSent ? "no_connection" : "cut_off";
        };
    }

    /** What can be read of it; an answer that breaks off in its body has been given all the same. */
    private static String beginning(Answer answer) {
        byte[] all = new byte[LONGEST_ANSWER];
        int length = 0;
        try {
            InputStream body = answer.body();
            for (int more = 0; more >= 0 && length < all.length; more = body.read(all, length, all.length - length)) {
                length += more;
            }
        } catch (IOException broken) {
            // the log shows what came
        }
        return printable(new String(all, 0, Math.min(length, 4 * KEPT), StandardCharsets.UTF_8));
    }

    private static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? ' ' : c)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .limit(KEPT)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
