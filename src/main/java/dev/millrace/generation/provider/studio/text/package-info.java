/**
 * Studio's writer: a grammar of a few hundred lines that goes on about the prompt.
 *
 * <p>{@link dev.millrace.generation.provider.studio.text.Topic} finds out what a prompt is about and which form it asks for;
 * {@link dev.millrace.generation.provider.studio.text.Writer} gives the words one by one, the same for the same seed. No claim
 * to meaning is made.
 */
@NullMarked
package dev.millrace.generation.provider.studio.text;

import org.jspecify.annotations.NullMarked;
