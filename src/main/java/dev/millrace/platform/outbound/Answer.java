package dev.millrace.platform.outbound;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The head of an answer, and its body as it comes. */
public interface Answer extends AutoCloseable {
    int status();

    /** A header's value, the first of several; names in any case. */
    @Nullable
    String header(String name);

    /** Decoded bytes. A read that waits too long throws {@link TimedOut}. */
    InputStream body() throws IOException;

    /** All that matters has come: the end of the body is waited for a moment, so that the connection can be used again, and no longer. */
    default void complete() {}

    /** Lets go of the connection; one whose body was not read to its end is closed. */
    @Override
    void close();
}
