/**
 * Where the bytes lie: one folder on a disk, ours alone.
 *
 * <p>{@link dev.millrace.media.files.Storage} keeps every file of an asset under {@code assets/<two letters>/<asset>/<version>/};
 * version 0 is the original, every attempt at renditions adds one of its own, so that a file never changes once it has its name.
 * Whatever is not finished lies elsewhere ({@code incoming}, {@code work}, {@code scratch}) and gets there by one rename, after all of
 * it is on disk.
 *
 * <p>Assume: a name in {@code assets} means a complete, durable file; the reverse of a crash is garbage without a row, never a row
 * without a file. Nothing here knows rows: whoever sweeps asks for ids and says which to delete.
 */
@NullMarked
package dev.millrace.media.files;

import org.jspecify.annotations.NullMarked;
