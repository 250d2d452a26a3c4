package dev.millrace.platform.sql;

import org.jspecify.annotations.Nullable;

/** What one of {@link Many} is told. */
public sealed interface Told<A extends @Nullable Object> {
    record Answer<A extends @Nullable Object>(A answer) implements Told<A> {}

    /** It was not done for him. */
    record Refusal<A extends @Nullable Object>(RuntimeException why) implements Told<A> {}

    /** The answer, or the refusal thrown. */
    default A answerOrThrow() {
        return switch (this) {
            case Answer<A>(A answer) -> answer;
            case Refusal<A>(RuntimeException why) -> throw why;
        };
    }
}
