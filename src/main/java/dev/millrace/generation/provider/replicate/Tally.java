package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderSink;

/** Remembers the text that went by, so that the rest can be told from the whole. */
final class Tally implements ProviderSink {
    private final ProviderSink sink;
    private final StringBuilder text = new StringBuilder();

    Tally(ProviderSink sink) {
        this.sink = sink;
    }

    @Override
    public void emit(ProviderEvent event) {
        if (event instanceof Delta(String more)) {
            text.append(more);
        }
        sink.emit(event);
    }

    @Override
    public boolean claim(String externalId) {
        return sink.claim(externalId);
    }

    String text() {
        return text.toString();
    }
}
