/**
 * Studio's paint box: pixels, colours, outlines, noise. No AWT, no fonts of the system, no native code.
 *
 * <p>{@link dev.millrace.generation.provider.studio.paint.Frame} is a picture of floats; an {@link
 * dev.millrace.generation.provider.studio.paint.Outline} is filled with smooth edges; {@link
 * dev.millrace.generation.provider.studio.paint.Noise} gives clouds, ridges and grain. Lengths are in heights of the picture, so
 * that the same drawing fits a preview and a full frame.
 *
 * <p>Everything is a pure function of its arguments, down to the last bit on every machine: no {@code Math.sin}, no shared random
 * state, no threads.
 */
@NullMarked
package dev.millrace.generation.provider.studio.paint;

import org.jspecify.annotations.NullMarked;
