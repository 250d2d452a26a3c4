/**
 * How this process logs: one line an event on standard output, as JSON for machines or as text for a person at a terminal.
 *
 * <p>{@link dev.millrace.platform.logging.Logs} is found by Logback itself when the first logger is asked for, so that no line is
 * ever written before it is set up. What other libraries say through the JDK's loggers arrives here too; below a warning they
 * are not asked.
 *
 * <p>Assume that a message never breaks its line: text and JSON both escape what would.
 */
@NullMarked
package dev.millrace.platform.logging;

import org.jspecify.annotations.NullMarked;
