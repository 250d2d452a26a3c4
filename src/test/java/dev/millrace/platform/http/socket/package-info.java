/** WebSocket frames, right and wrong, over a real connection. */
@NullMarked
package dev.millrace.platform.http.socket;

import org.jspecify.annotations.NullMarked;
