package dev.millrace.generation.openai;

import java.util.UUID;

/** The picture that a video begins with, as a client gave it. */
sealed interface Reference {
    /** What it is called in requests. */
    String NAME = "input_reference";

    /** An asset of the caller's: what there is in place of OpenAI's files. */
    record Named(UUID asset) implements Reference {}

    /** The picture itself. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    record Sent(byte[] bytes, String filename) implements Reference {}
}
