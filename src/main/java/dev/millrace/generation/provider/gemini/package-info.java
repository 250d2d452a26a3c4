/**
 * Google's Gemini: texts as a stream, pictures in an answer, videos as jobs.
 *
 * <p>Videos are operations of Veo, followed as jobs by their name; an answer to a create that is lost cannot be looked for.
 *
 * <p>Each event is a whole answer with a piece of the text; an answer is whole when a finish reason came. What a model thinks is not
 * shown, and is billed. A block by the vendor's rules is an answer with status 200.
 */
@NullMarked
package dev.millrace.generation.provider.gemini;

import org.jspecify.annotations.NullMarked;
