/**
 * What scenes are made of: skies, clouds, land, water, cities, figures, weather, abstractions, the caption.
 *
 * <p>Each {@link dev.millrace.generation.provider.studio.paint.Layer} paints itself over what is behind it, at any size and any
 * moment. Their colours come from a {@link dev.millrace.generation.provider.studio.layer.Palette} ({@code palettes.txt}), the
 * outlines of figures from {@code figures.txt}. Where they stand and when they appear is not decided here.
 */
@NullMarked
package dev.millrace.generation.provider.studio.layer;

import org.jspecify.annotations.NullMarked;
