package dev.millrace.platform.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What the outside may know of how we are.
 *
 * @param checks what must work for this node to be sent requests, by name; each answers at once
 * @param metrics what is measured, our own requests among it
 */
public record Health(Map<String, BooleanSupplier> checks, PrometheusMeterRegistry metrics) {
    public Health {
        checks = Collections.unmodifiableMap(new LinkedHashMap<>(checks));
    }
}
