/** Ollama's protocol against a vendor that speaks it, and recorded. */
@NullMarked
package dev.millrace.generation.provider.ollama;

import org.jspecify.annotations.NullMarked;
