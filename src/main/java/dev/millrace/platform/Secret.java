package dev.millrace.platform;

/** A value that must not show up in logs, messages or dumps of settings. */
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "***";
    }
}
