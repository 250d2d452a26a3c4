package dev.millrace.generation.provider;

import java.net.URI;
import java.util.Locale;

/** Whose server it is that speaks like OpenAI: they differ where the format leaves room. */
public enum Flavour {
    OPENAI,
    VLLM,
    OLLAMA,
    LMSTUDIO,
    LLAMACPP,
    OPENROUTER,
    /** Nobody said. */
    OTHER;

    /** As far as an address tells. */
    public static Flavour at(URI address) {
        return switch (address.getHost()) {
            case "api.openai.com" -> OPENAI;
            case "openrouter.ai" -> OPENROUTER;
            default -> OTHER;
        };
    }

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether an answer is not whole without a finish reason, whatever else says that it is over. */
    public boolean givesReasons() {
        return this != OLLAMA && this != OTHER;
    }

    /** Whether it knows the limit of tokens by its newer name alone. */
    public boolean countsCompletions() {
        return this == OPENAI;
    }

    /** Whether an answer that was begun is gone on with when it is the last message. */
    public boolean continues() {
        return this == VLLM || this == LLAMACPP;
    }
}
