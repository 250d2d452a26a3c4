package dev.millrace.platform.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the outside may know of how we are.
 *
 * @param checks what must work for this node to be sent requests, by name; each answers at once
 * @param metrics the page for Prometheus
 */
public record Health(Map<String, BooleanSupplier> checks, Supplier<String> metrics) {
    public Health {
        checks = new LinkedHashMap<>(checks);
    }
}
