package dev.millrace.media;

import java.util.UUID;

/**
 * Whose result a file is.
 *
 * @param position its place among the results of the generation, from 0
 * @param filename what a download is called, without folder
 */
public record Provenance(UUID account, UUID generation, int position, Origin origin, String filename) {}
