/**
 * OpenAI, and whoever speaks like it: chat completions as a stream, videos as jobs.
 *
 * <p>A chat succeeds when two things came: a finish reason that means an end, and a clean end of the transport. Everything else keeps
 * what was said and fails. {@link dev.millrace.generation.provider.openai.ChatReader} is the judge of that, and Studio's chaos
 * models are read by it too.
 *
 * <p>A video is a job at the vendor: created once, framed by {@code Intended} and {@code claim}, then asked for by its id until it
 * is over. When the answer to a create is lost, the job is looked for among the vendor's jobs; it is never created again.
 */
@NullMarked
package dev.millrace.generation.provider.openai;

import org.jspecify.annotations.NullMarked;
