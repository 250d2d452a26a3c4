package dev.millrace.bench;

/** Who stands between the provider and its readers. */
enum RelayWay {
    DIRECT("nothing between"),
    NODE("Node.js pipe()"),
    NGINX("nginx, unbuffered"),
    OPENAI("millrace, OpenAI face"),
    NATIVE("millrace, own face");

    private final String words;

    RelayWay(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    boolean ours() {
        return this == OPENAI || this == NATIVE;
    }
}
