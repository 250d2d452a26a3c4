/**
 * Studio with the bundled FFmpeg: pictures that are really made, and looked at by FFmpeg.
 */
@NullMarked
package dev.millrace.generation.provider.studio;

import org.jspecify.annotations.NullMarked;
