/**
 * Anthropic's Messages, as a stream.
 *
 * <p>A text is whole when a stop reason came and {@code message_stop} after it. Errors after the stream began come as events, are
 * told apart by their type, and keep what was said. What a model thinks is not shown.
 */
@NullMarked
package dev.millrace.generation.provider.anthropic;

import org.jspecify.annotations.NullMarked;
