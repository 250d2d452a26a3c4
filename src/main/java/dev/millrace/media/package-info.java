/**
 * Media: files that were generated, looked at, turned into what a page can show, and handed out.
 *
 * <p>{@link dev.millrace.media.Media} is the door. A file is first brought into storage for good
 * ({@link dev.millrace.media.Stored}), then a transaction makes it an {@link dev.millrace.media.Asset} and enqueues the work; workers
 * probe it, in the box unless our own FFmpeg made it, make its {@link dev.millrace.media.Rendition}s and end it as {@code ready} or {@code rejected}.
 *
 * <p>Assume: what is probed counts, not what was declared. A file under its final name is complete, on disk, and never changes;
 * rows point at files, never the other way round, and a file that no row points at is swept away. Making renditions again is
 * harmless, because every attempt writes into a folder of its own.
 *
 * <p>Knows generations as bare ids only.
 */
@NullMarked
package dev.millrace.media;

import org.jspecify.annotations.NullMarked;
