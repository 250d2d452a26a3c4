/**
 * Anthropic's adapter against a vendor on a real socket.
 */
@NullMarked
package dev.millrace.generation.provider.anthropic;

import org.jspecify.annotations.NullMarked;
