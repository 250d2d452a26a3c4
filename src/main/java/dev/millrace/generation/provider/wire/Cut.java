package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Cancellation;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Lets cancelling cut a call: it is told how when the call begins, and closed when the call is over. */
public final class Cut implements Consumer<Runnable>, AutoCloseable {
    private final AtomicReference<Runnable> way = new AtomicReference<>(() -> {});
    private final Cancellation cancellation;
    private final Cancellation.Hook hook;

    public Cut(Cancellation cancellation) {
        this.cancellation = cancellation;
        this.hook = cancellation.onCancel(() -> way.get().run());
    }

    @Override
    public void accept(Runnable abort) {
        way.set(abort);
        if (cancellation.requested()) {
            abort.run();
        }
    }

    @Override
    public void close() {
        hook.close();
    }
}
