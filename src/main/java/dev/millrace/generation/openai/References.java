package dev.millrace.generation.openai;

import dev.millrace.credits.Spender;
import dev.millrace.generation.Begun;
import dev.millrace.media.Media;
import dev.millrace.media.Received;
import dev.millrace.platform.Ids;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import org.jspecify.annotations.Nullable;

/**
 * Begins videos with the pictures that came with them. A picture becomes an asset of its account first, as every file from outside
 * does; when nothing begins, it is as if it had not been sent.
 */
final class References {
    private final Counter counter;
    private final Media media;

    References(Counter counter, Media media) {
        this.counter = counter;
        this.media = media;
    }

    Begun begin(Spender spender, VideoCall call, @Nullable IdempotencyKey key) {
        return switch (call.reference()) {
            case null -> create(spender, call.asking(), key);
            case Reference.Named named -> create(spender, call.asking().input(named.asset(), Reference.NAME), key);
            case Reference.Sent sent -> begin(spender, call.asking(), sent, key);
        };
    }

    private Begun begin(Spender spender, Asking asking, Reference.Sent sent, @Nullable IdempotencyKey key) {
        // what is wrong with the rest is told before anybody works on the picture
        counter.generations().judge(asking.input(Ids.next(), Reference.NAME).asked());
        Received picture = received(spender, sent);
        boolean begun = false;
        try {
            Begun answer = create(spender, asking.input(picture.asset().id(), Reference.NAME), key);
            begun = !answer.replayed();
            return answer;
        } finally {
            if (!begun) {
                media.withdraw(picture);
            }
        }
    }

    private Received received(Spender spender, Reference.Sent sent) {
        try {
            return media.receive(spender.account(), sent.bytes(), sent.filename());
        } catch (Problem refused) {
            throw refused.type() == ProblemType.UNPROCESSABLE_MEDIA
                    ? refused.at("/" + Reference.NAME, "unfit", "cannot be used")
                    : refused;
        }
    }

    private Begun create(Spender spender, Asking asking, @Nullable IdempotencyKey key) {
        return counter.generations().create(spender, asking.asked(), key);
    }
}
