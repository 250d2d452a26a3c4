/**
 * Generations: a prompt becomes a stream of events, and text, images or a video.
 *
 * <p>{@link dev.millrace.generation.Generations} is the door of the room and assembles it. A call is judged here (what is asked of
 * which model, what it may cost), begun in one commit with its hold, its first event and, when the plan has room, its job, and from
 * then on made by {@code work}, let out to vendors by {@code traffic}, told by {@code events} and {@code live}, kept in {@code store};
 * {@code provider} knows who makes it. {@code openai} is another face of the same calls.
 *
 * <p>May be assumed: no generation without a hold of what it costs at most, no job without a generation, nothing changed by a call
 * that was refused. Creating is the only thing that needs the caller's window; reading and stopping never do.
 */
@NullMarked
package dev.millrace.generation;

import org.jspecify.annotations.NullMarked;
