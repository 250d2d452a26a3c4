/**
 * Studio's eye: what a prompt looks like.
 *
 * <p>{@link dev.millrace.generation.provider.studio.scene.Reading} finds the motifs that a prompt names (the words are in {@code
 * vocabulary.txt}), {@link dev.millrace.generation.provider.studio.scene.Composer} makes a {@link
 * dev.millrace.generation.provider.studio.scene.Scene} of layers out of them: a sky, land or water, figures, weather. A prompt that
 * names nothing known becomes an abstract composition.
 *
 * <p>A scene is painted at any size and any moment; the seed decides the rest.
 */
@NullMarked
package dev.millrace.generation.provider.studio.scene;

import org.jspecify.annotations.NullMarked;
