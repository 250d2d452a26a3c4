/**
 * Vendors that speak their wire formats on loopback, faults included.
 *
 * <p>What goes wrong is written into the prompt: {@code "a boat @cut_after=3 @crlf"}. The words that every vendor of texts
 * understands are {@link dev.millrace.testing.vendor.Script}'s; each vendor's {@link dev.millrace.testing.vendor.Tongue} adds its
 * own. {@link dev.millrace.testing.vendor.Loopback} counts what was asked for, so that a test can say "exactly one"; {@link
 * dev.millrace.testing.vendor.FakeOpenAi} runs as a process of its own too, to outlive a server that is killed.
 */
@NullMarked
package dev.millrace.testing.vendor;

import org.jspecify.annotations.NullMarked;
