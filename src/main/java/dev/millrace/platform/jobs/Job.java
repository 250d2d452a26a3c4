package dev.millrace.platform.jobs;

/**
 * What is to be done: a record in the imperative, such as {@code TranscodeAsset(UUID asset)}.
 *
 * <p>Its JSON is the payload of a row that may be read by a later version of this program, so it carries ids, not objects.
 */
public interface Job {}
