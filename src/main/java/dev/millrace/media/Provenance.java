package dev.millrace.media;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose a file is.
 *
 * @param generation what it is a result of; null for a file that its owner sent
 * @param position its place among the results of the generation, from 0
 * @param kind what it is meant to be; what is probed counts
 * @param filename what a download is called; it is made harmless, and gets its ending if it has none
 */
public record Provenance(
        UUID account, @Nullable UUID generation, int position, Origin origin, MediaKind kind, String filename) {}
