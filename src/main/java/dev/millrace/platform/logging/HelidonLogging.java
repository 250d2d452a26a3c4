package dev.millrace.platform.logging;

import io.helidon.logging.common.spi.LoggingProvider;

/** Does nothing, on purpose: without a provider Helidon complains on standard error, and with one it would set up the JDK's logging. */
public final class HelidonLogging implements LoggingProvider {
    @Override
    public void initialization() {}

    @Override
    public void runTime() {}
}
