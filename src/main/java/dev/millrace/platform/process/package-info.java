/**
 * Child processes: the only code in the house that starts any.
 *
 * <p>Every child is forked by one immortal platform thread ({@link dev.millrace.platform.process.Spawner}), because a child
 * that is to die with its parent dies with the <em>thread</em> that forked it. Its environment holds what is named and nothing
 * else, both of its streams are always read, and it is gone after its deadline, after {@code close()} and after the death of
 * this JVM.
 *
 * <p>{@link dev.millrace.platform.process.Processes} runs FFmpeg and ffprobe inside a box that sees one input, one output
 * folder and no network; {@link dev.millrace.platform.process.Box#outside} never runs without it. Whoever needs a run builds
 * the arguments from the place where the files are seen:
 *
 * <pre>{@code
 * var box = Box.outside(upload, folder);
 * var command = new Command(Program.FFMPEG, box, Limits.of(Duration.ofMinutes(5)), place ->
 *         List.of("-v", "error", "-progress", "pipe:1", "-f", "mov", "-i", place.in(), place.out("poster.webp")));
 * try (var child = processes.start(command, Output.lines(progress::line))) {
 *     onCancel(child::quit);                   // q on stdin, after two seconds SIGKILL
 *     Exit exit = child.await();               // exit.ok(), exit.code(), exit.ending(), exit.errors()
 * }
 * }</pre>
 *
 * <p>Never pass {@code -nostdin}: it makes FFmpeg deaf to {@code q} and to a first signal. Knows nothing of media.
 */
@NullMarked
package dev.millrace.platform.process;

import org.jspecify.annotations.NullMarked;
