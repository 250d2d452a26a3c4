/** Tests of the media room: on a real database, a real queue, a real disk and the real FFmpeg. */
@NullMarked
package dev.millrace.media;

import org.jspecify.annotations.NullMarked;
