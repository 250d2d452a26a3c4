/** Tests of the room of the same name. */
@NullMarked
package dev.millrace.generation.provider.wire;

import org.jspecify.annotations.NullMarked;
