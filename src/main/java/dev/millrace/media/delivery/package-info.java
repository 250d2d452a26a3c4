/**
 * How a file goes out: by a signed address for players and pages, or as a download for its owner.
 *
 * <p>{@link dev.millrace.media.delivery.Signatures} make addresses that need no login and expire; they cover a folder, so that relative
 * addresses inside a playlist or text track stay good. {@link dev.millrace.media.delivery.Conditions} decide what a request gets, by
 * RFC 9110: all, one range, nothing new, or a refusal. {@link dev.millrace.media.delivery.FileRoutes} does it.
 *
 * <p>Assume: a signature is checked before the disk is touched, and the database is not asked at all, so films play on while it is
 * away. Files never change under a path, hence the strong validators and {@code immutable}.
 */
@NullMarked
package dev.millrace.media.delivery;

import org.jspecify.annotations.NullMarked;
