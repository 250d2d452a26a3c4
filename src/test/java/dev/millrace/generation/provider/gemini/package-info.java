/**
 * Gemini's adapter against a vendor on a real socket.
 */
@NullMarked
package dev.millrace.generation.provider.gemini;

import org.jspecify.annotations.NullMarked;
