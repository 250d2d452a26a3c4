/**
 * Work on assets: jobs that may be done more than once, on any node, and interrupted at any point.
 *
 * <p>{@link dev.millrace.media.work.ProcessAsset} looks at a new file and makes its small pictures;
 * {@link dev.millrace.media.work.TranscodeAsset} makes the video that plays everywhere. Both run inside the frame of
 * {@link dev.millrace.media.work.Attempts}: a folder of its own, files before rows, one fenced transaction at the end.
 *
 * <p>Assume: what an attempt publishes carries its name, so two attempts never touch the same file. A file at fault is rejected at once;
 * a crash or a full disk is tried again and ends with its cause. Knows of those who wait only that they want to be told.
 */
@NullMarked
package dev.millrace.media.work;

import org.jspecify.annotations.NullMarked;
