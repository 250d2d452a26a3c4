/**
 * The writer: its words, its seeds, its understanding of prompts.
 */
@NullMarked
package dev.millrace.generation.provider.studio.text;

import org.jspecify.annotations.NullMarked;
