package dev.millrace.generation.provider;

/** Takes what a provider says, in its order and on the provider's thread. */
public interface ProviderSink {
    /** {@link ProviderEvent.Intended} is committed when this returns. */
    void emit(ProviderEvent event);

    /**
     * Commits that the vendor's job is this generation's, and answers whether it is: false when another generation holds it
     * already. Claiming a job twice for the same generation answers true. One database constraint decides, so that two
     * generations with equal prompts that both lost the answer to their create never share a job.
     */
    boolean claim(String externalId);
}
