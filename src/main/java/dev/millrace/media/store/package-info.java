/**
 * The tables of the room: assets and their renditions ({@link dev.millrace.media.store.Assets}), and the work on them as its owner may
 * see it ({@link dev.millrace.media.store.MediaJobs}).
 *
 * <p>Every verb takes the transaction it joins. Rows become what the wire shows here and nowhere else, with addresses signed anew each
 * time.
 *
 * <p>Assume: an asset leaves {@code processing} once and for all, and a rejected one says why. Names that people gave are made
 * harmless before they are stored.
 */
@NullMarked
package dev.millrace.media.store;

import org.jspecify.annotations.NullMarked;
