package dev.millrace.generation.provider.wire;

/**
 * One event of a stream.
 *
 * @param type {@code message} when the stream named none
 * @param data its lines, joined by line feeds
 */
public record SseEvent(String type, String data) {}
