/**
 * What FFmpeg is asked and what it answers.
 *
 * <p>{@link dev.millrace.media.ffmpeg.Format} tells a file by its first bytes and so names the one demuxer that may open it;
 * {@link dev.millrace.media.ffmpeg.Prober} asks what is inside ({@link dev.millrace.media.ffmpeg.Probe}) and how much of it is really there;
 * {@link dev.millrace.media.ffmpeg.Recipes} are the command lines of everything we make; {@link dev.millrace.media.ffmpeg.Runs} runs
 * them, tells how far they are, and says why one failed.
 *
 * <p>Assume nothing of an exit code alone: 0 is also what a run answers that was asked to stop or met the end of a torn file. The
 * wrapper library builds the arguments and reads the progress; processes are started by {@code platform.process} only.
 */
@NullMarked
package dev.millrace.media.ffmpeg;

import org.jspecify.annotations.NullMarked;
