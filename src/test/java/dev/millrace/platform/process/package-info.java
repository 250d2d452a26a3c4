/** Proves the room of child processes on real ones: killed, flooded, cut off, boxed. */
@NullMarked
package dev.millrace.platform.process;

import org.jspecify.annotations.NullMarked;
