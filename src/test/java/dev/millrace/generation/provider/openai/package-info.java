/** Tests of the room of the same name. */
@NullMarked
package dev.millrace.generation.provider.openai;

import org.jspecify.annotations.NullMarked;
