package dev.millrace.generation.provider;

import java.nio.file.Path;
import java.util.UUID;

/**
 * One attempt at one generation.
 *
 * @param attempt counts from 1, over all servers that tried
 * @param folder exists, is empty or holds what an earlier attempt left, and takes artifacts and previews
 */
public record ProviderCall(
        UUID generation, int attempt, Request request, Foothold foothold, Path folder, Cancellation cancellation) {}
