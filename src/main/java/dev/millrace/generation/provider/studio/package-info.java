/**
 * Studio, the provider that is always there: it needs no key and no network.
 *
 * <p>Text is written by a small grammar ({@code studio.text}), images and videos are painted from the prompt and a seed ({@code
 * studio.paint}) and encoded by FFmpeg, whose own count of what it has taken is the progress that is told. The same prompt, seed
 * and options give the same bytes.
 *
 * <p>A text stream costs next to nothing while it waits for its next word. Painting is work for a processor and happens on one
 * platform thread of Studio's own, in the order of asking, whoever calls.
 *
 * <p>The chaos models do the same work with faults on demand, through the very code that reads real vendors.
 */
@NullMarked
package dev.millrace.generation.provider.studio;

import org.jspecify.annotations.NullMarked;
