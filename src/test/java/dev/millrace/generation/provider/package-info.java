/** Tests of the room of the same name. */
@NullMarked
package dev.millrace.generation.provider;

import org.jspecify.annotations.NullMarked;
