package dev.millrace.generation.live;

import dev.millrace.generation.events.EventId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A generation that is followed.
 *
 * @param after the last event that the reader has
 */
record Followed(UUID generation, @Nullable EventId after) {}
