/**
 * A vendor that speaks OpenAI's wire format on loopback, faults included.
 *
 * <p>{@link dev.millrace.testing.vendor.FakeOpenAi} serves chats and video jobs. What goes wrong is written into the prompt:
 * {@code "a boat @cut_after=3 @crlf"}; see {@link dev.millrace.testing.vendor.FakeChat} and {@link
 * dev.millrace.testing.vendor.FakeVideos} for the words. It counts what it was asked for, so that a test can say "exactly one",
 * and runs as a process of its own too, to outlive a server that is killed.
 */
@NullMarked
package dev.millrace.testing.vendor;

import org.jspecify.annotations.NullMarked;
