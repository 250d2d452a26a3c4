package dev.millrace.generation.provider;

/** Somebody who makes text, images or videos. One object serves all calls, thousands at once. */
public interface Provider {
    /** As in the column {@code provider} of the catalogue. */
    String name();

    /**
     * Whether its jobs of this kind live on at the vendor when our process dies, so that a later call follows them by their id
     * instead of creating them again.
     */
    boolean asynchronous(GenerationKind kind);

    /**
     * Whether a call of this kind tells how far it is from its first step to its last, so that the percent is what it measured and
     * never a guess by the clock.
     */
    boolean measures(GenerationKind kind);

    /** How many pictures a call of this kind may begin with at most: what {@link ProviderCall#inputs} may hold. */
    default int inputs(GenerationKind kind) {
        return 0;
    }

    /** Whether it speaks OpenAI's protocol, and so takes whatever a {@link Chat} says and may answer with calls to its tools. */
    default boolean takesChats() {
        return false;
    }

    /**
     * Whether an answer that broke off can be gone on with: a request that {@link Request#continuing} made of this one is answered
     * with what follows, and not with the beginning again.
     */
    default boolean continues(Request request) {
        return false;
    }

    /**
     * Makes one attempt and blocks until its end.
     *
     * <p>Asynchronous providers: {@code AMBIGUOUS} and interruption mean that the vendor may hold a job of ours, to be asked for
     * again with the same foothold; every other failure means that it holds none, and a new attempt may create one.
     *
     * @throws ProviderFailure of kind {@code CANCELED} soon after the call's cancellation, else as things went
     * @throws InterruptedException when the process drains; an asynchronous job is then followed by somebody else later
     */
    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException;
}
