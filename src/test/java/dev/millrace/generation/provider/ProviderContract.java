package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider promises its caller, whatever it makes. */
public abstract class ProviderContract {
    private static final Duration PROMPT = Duration.ofSeconds(3);

    @TempDir
    protected Path folder;

    /** The provider under test. */
    protected abstract Provider provider();

    /** A request that it fulfils within seconds. */
    protected abstract Request request();

    /** A request that it is busy with for at least five seconds. */
    protected abstract Request longRequest();

    @Test
    void aCallThatReturnsHasFinishedAndFinishedIsItsLastWord() throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(request(), folder), heard);

        assertThat(heard.all(Finished.class)).hasSize(1);
        assertThat(heard.finished()).isTrue();
    }

    @Test
    void theResultIsTextOrFilesInTheFolder() throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(request(), folder), heard);

        if (request().kind() == GenerationKind.TEXT) {
            assertThat(heard.text()).isNotBlank();
            assertThat(heard.all(Delta.class)).allMatch(delta -> !delta.text().isEmpty());
        } else {
            assertThat(heard.all(Artifact.class)).isNotEmpty().allSatisfy(artifact -> {
                assertThat(artifact.file()).startsWith(folder);
                assertThat(Files.size(artifact.file())).isPositive();
            });
        }
    }

    @Test
    void whatWasConsumedIsToldAndNeverNegative() throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(request(), folder), heard);

        assertThat(heard.usage().values()).isNotEmpty().allMatch(quantity -> quantity.signum() >= 0);
        assertThat(heard.usage().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                .isPositive();
    }

    @Test
    void progressIsAShare() throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(request(), folder), heard);

        assertThat(heard.all(Progress.class))
                .allMatch(progress -> progress.fraction() >= 0 && progress.fraction() <= 1);
    }

    @Test
    void aCallThatIsCanceledBeforeItBeginsDoesNothing() {
        var heard = new Heard();
        ProviderCall call = Calls.call(request(), folder);
        call.cancellation().cancel();

        ProviderFailure failure =
                catchThrowableOfType(ProviderFailure.class, () -> provider().run(call, heard));

        assertThat(failure.kind()).isEqualTo(Kind.CANCELED);
        assertThat(heard.text()).isEmpty();
        assertThat(heard.all(Artifact.class)).isEmpty();
    }

    @Test
    @Tag("alone")
    void cancelingEndsACallAtOnce() throws Exception {
        ProviderCall call = Calls.call(longRequest(), folder);
        var begun = new CountDownLatch(1);
        var running = running(call, new Heard(event -> begun.countDown()));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        long asked = System.nanoTime();
        call.cancellation().cancel();

        assertThat(failure(running))
                .isInstanceOf(ProviderFailure.class)
                .satisfies(failure ->
                        assertThat(((ProviderFailure) failure).kind()).isEqualTo(Kind.CANCELED));
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(PROMPT);
    }

    @Test
    void interruptingEndsACallWithoutAVerdict() throws Exception {
        ProviderCall call = Calls.call(longRequest(), folder);
        var begun = new CountDownLatch(1);
        var outcome = new CompletableFuture<Void>();
        Thread thread = Thread.ofVirtual().start(() -> run(call, new Heard(event -> begun.countDown()), outcome));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();

        assertThat(failure(outcome)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aSinkThatThrowsEndsTheCallWithItsOwnException() throws Exception {
        var thrown = new IllegalStateException("fenced");
        var outcome = running(Calls.call(longRequest(), folder), new Heard(event -> {
            throw thrown;
        }));

        assertThat(failure(outcome)).isSameAs(thrown);
    }

    private CompletableFuture<Void> running(ProviderCall call, ProviderSink sink) {
        var outcome = new CompletableFuture<Void>();
        Thread.ofVirtual().start(() -> run(call, sink, outcome));
        return outcome;
    }

    private void run(ProviderCall call, ProviderSink sink, CompletableFuture<Void> outcome) {
        try {
            provider().run(call, sink);
            outcome.complete(null);
        } catch (ProviderFailure | InterruptedException | RuntimeException failure) {
            outcome.completeExceptionally(failure);
        }
    }

    private static Throwable failure(CompletableFuture<Void> outcome) throws Exception {
        try {
            outcome.get(20, TimeUnit.SECONDS);
            throw new AssertionError("the call ended well");
        } catch (ExecutionException failed) {
            return failed.getCause();
        }
    }
}
