package dev.millrace.media;

import java.nio.file.Path;

/**
 * The file of a picture that a copy is to be made of.
 *
 * @param ours whether we made it, so that it may be opened without the box
 */
public record Original(Path file, boolean ours) {}
