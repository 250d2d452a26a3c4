/**
 * Providers: who makes the text, images and videos.
 *
 * <p>A {@link dev.millrace.generation.provider.Provider} does one attempt at one generation. It blocks, on a virtual thread, and
 * tells its {@link dev.millrace.generation.provider.ProviderSink} what happens as {@link
 * dev.millrace.generation.provider.ProviderEvent}s; {@code Finished} is the last of them, and a call that returns without it was
 * cut off. Whatever goes wrong leaves as a {@link dev.millrace.generation.provider.ProviderFailure} of a known kind, in our
 * words.
 *
 * <p>A provider never retries, never charges and never writes to the database: its caller owns the one retry loop, the money and
 * the log. What may be asked of which model, and what that costs, is in {@code catalogue}. The built-in provider is in {@code
 * studio}, the vendors are in packages of their own.
 */
@NullMarked
package dev.millrace.generation.provider;

import org.jspecify.annotations.NullMarked;
