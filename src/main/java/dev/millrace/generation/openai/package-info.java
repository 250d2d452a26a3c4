/**
 * The OpenAI face: {@code /openai/v1}, for whatever speaks to OpenAI. The same generations under other names.
 *
 * <p>A call is read into what the native face would have been asked, admitted by the same gate, begun by the same commit and made
 * by the same workers; here it is only followed to its end and told in OpenAI's shape. {@link
 * dev.millrace.generation.openai.Visits} follows, and stops a generation by its model's policy once the last client that waits for
 * it has gone.
 *
 * <p>May be assumed: nothing is charged, held or called here; an answer that is not whole never looks like one; refusals are those
 * of the house in OpenAI's words.
 */
@NullMarked
package dev.millrace.generation.openai;

import org.jspecify.annotations.NullMarked;
