package dev.millrace.credits;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who spends.
 *
 * @param apiKey the key it is spent with, whose cap counts too; null for a person
 */
public record Spender(UUID account, @Nullable UUID apiKey) {}
