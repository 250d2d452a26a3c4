/**
 * Ollama's own protocol, where an error in the middle of an answer is told as one.
 *
 * <p>{@code /api/chat} answers with one JSON document a line. A text is whole when the line came that says {@code done} and why.
 * What a model thinks is not shown. Ollama also speaks like OpenAI, as the flavour {@code ollama} of that protocol: there an engine
 * that breaks down in the middle says nothing.
 */
@NullMarked
package dev.millrace.generation.provider.ollama;

import org.jspecify.annotations.NullMarked;
