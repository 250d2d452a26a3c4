package dev.millrace.generation.provider;

import java.net.URI;
import java.util.Locale;

/** What a provider speaks, and where its makers serve it: the {@code kind} of the providers file. */
public enum Protocol {
    /** Up to and including the version, as OpenAI's own libraries take it. */
    OPENAI("https://api.openai.com/v1"),
    /** Without the version, as Anthropic's own libraries take it. */
    ANTHROPIC("https://api.anthropic.com"),
    /** Without the version, as Google's own libraries take it. */
    GEMINI("https://generativelanguage.googleapis.com"),
    REPLICATE("https://api.replicate.com/v1"),
    FAL("https://queue.fal.run"),
    COMFYUI("http://127.0.0.1:8188"),
    /** Its own protocol; it also speaks like OpenAI. */
    OLLAMA("http://127.0.0.1:11434");

    private final URI address;

    Protocol(String address) {
        this.address = URI.create(address);
    }

    public URI address() {
        return address;
    }

    /** The word operators use, and the name of the provider that is set by environment variables. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
