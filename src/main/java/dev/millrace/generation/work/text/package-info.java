/**
 * The text of an answer on its way to readers: made well-formed, and joined to what they have already, so that nobody reads a word twice.
 *
 * <p>{@link dev.millrace.generation.work.text.TextFlow} cleans and counts, {@link dev.millrace.generation.work.text.Seam} joins the rest
 * of an answer to its beginning, {@link dev.millrace.generation.work.text.Retold} leaves out what is told from the beginning again, and
 * {@link dev.millrace.generation.work.text.Spoken} is what a call goes on from. Knows no vendor and no table.
 */
@NullMarked
package dev.millrace.generation.work.text;

import org.jspecify.annotations.NullMarked;
