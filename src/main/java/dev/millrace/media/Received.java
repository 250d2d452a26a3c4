package dev.millrace.media;

/**
 * A picture that came with a request.
 *
 * @param fresh whether it was not there before
 */
public record Received(Asset asset, boolean fresh) {}
