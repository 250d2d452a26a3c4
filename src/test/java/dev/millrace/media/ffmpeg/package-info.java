/** Tests of what FFmpeg is asked and answers; those that run it end in IT. */
@NullMarked
package dev.millrace.media.ffmpeg;

import org.jspecify.annotations.NullMarked;
