/** Live connections, without I/O. */
@NullMarked
package dev.millrace.generation.live;

import org.jspecify.annotations.NullMarked;
